// Copyright (c) 2026, The langops.langgraph maintainers
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

/** A chat model without a key, a network or chance: the rules behind LangChain's chat-model interface. */

import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BaseChatModelParams,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";

import { countCalls, countTokens, decide, pieces } from "./rules.js";

export interface RuleCallOptions extends BaseChatModelCallOptions {
  toolNames?: string[];
}

export interface RuleParams extends BaseChatModelParams {
  /** Milliseconds between two tokens; a stream that takes time shows whether something on the way holds it back. */
  tokenDelay?: number;
}

export class RuleChatModel extends BaseChatModel<RuleCallOptions, AIMessageChunk> {
  private readonly tokenDelay: number;

  constructor(params: RuleParams = {}) {
    super(params);
    this.tokenDelay = params.tokenDelay ?? 0;
  }

  _llmType(): string {
    return "langops-rules";
  }

  override bindTools(tools: BindToolsInput[], options: Partial<RuleCallOptions> = {}) {
    const toolNames = tools.map((tool) => String("name" in tool ? tool.name : ""));
    return this.withConfig({ ...options, toolNames });
  }

  async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"], manager?: CallbackManagerForLLMRun): Promise<ChatResult> {
    let whole: ChatGenerationChunk | undefined;
    for await (const chunk of this._streamResponseChunks(messages, options, manager)) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
    return { generations: whole === undefined ? [] : [whole] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (const message of answer(messages, new Set(options.toolNames ?? []))) {
      if (this.tokenDelay > 0) {
        await new Promise((wake) => setTimeout(wake, this.tokenDelay));
      }
      const chunk = new ChatGenerationChunk({ text: message.text, message });
      yield chunk;
      // The stream mode "messages" listens here.
      await manager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}

/** The answer in the chunks in which it is streamed: token by token, at the end the tool calls and the usage. */
function answer(messages: BaseMessage[], toolNames: ReadonlySet<string>): AIMessageChunk[] {
  const reply = decide(messages, toolNames);
  const tokens = pieces(reply.text);
  // The position in the conversation makes the id unique in its thread, and the same each time.
  const toolCalls = reply.calls.map((call, index) => ({
    name: call.name,
    args: JSON.stringify(call.args),
    id: `call_${messages.length}_${index}`,
    index,
    type: "tool_call_chunk" as const,
  }));
  const used = { input_tokens: countTokens(messages), output_tokens: tokens.length + countCalls(reply.calls) };
  const last = new AIMessageChunk({
    content: "",
    tool_call_chunks: toolCalls,
    usage_metadata: { ...used, total_tokens: used.input_tokens + used.output_tokens },
    response_metadata: { model_name: "rules", finish_reason: reply.calls.length > 0 ? "tool_calls" : "stop" },
  });
  return [...tokens.map((token) => new AIMessageChunk(token)), last];
}
