// Copyright (c) 2026, The langops.langgraph maintainers
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the built-in model says: a pure function from the conversation to one reply. */

import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";

export interface Call {
  name: string;
  args: Record<string, string | number>;
}

export interface Reply {
  text: string;
  calls: Call[];
}

const REMEMBER = /^\s*(?:please\s+)?remember\s+(?:that\s+)?(.+?)[\s.!]*$/is;
const RECALL = /what (?:did i tell you|do you remember)/i;
const ARITHMETIC = /(-?\d+(?:\.\d+)?)\s*([-+*/])\s*(-?\d+(?:\.\d+)?)/g;
const QUESTION = /\b(?:what is|what's|how much is|calculate|compute)\b/i;
const TIME = /\bwhat(?:'s| is) the time\b|\bwhat time\b|\btime is it\b/i;

/** Reply to a conversation, with calls only of the tools that are named. */
export function decide(messages: BaseMessage[], tools: ReadonlySet<string>): Reply {
  const results = trailingResults(messages);
  if (results.length > 0) {
    return say(results.map((result) => `${result.text}.`).join(" "));
  }
  const said = messages.filter((message) => HumanMessage.isInstance(message)).map((message) => message.text);
  const last = said.pop();
  if (last === undefined) {
    return say("I was given no message to answer.");
  }
  if (RECALL.test(last)) {
    const facts = said.map((text) => REMEMBER.exec(text)?.[1]).filter((fact) => fact !== undefined);
    return say(facts.length > 0 ? `You told me that ${facts.join("; ")}.` : "You have told me nothing to remember yet.");
  }
  const fact = REMEMBER.exec(last)?.[1];
  if (fact !== undefined) {
    return say(`I will remember that ${fact}.`);
  }
  const calls = wanted(last).filter((call) => tools.has(call.name));
  return calls.length > 0 ? { text: "", calls } : say(`You said: ${last}`);
}

function say(text: string): Reply {
  return { text, calls: [] };
}

function trailingResults(messages: BaseMessage[]): BaseMessage[] {
  const before = messages.findLastIndex((message) => !ToolMessage.isInstance(message));
  return messages.slice(before + 1);
}

function wanted(text: string): Call[] {
  const calls: Call[] = [];
  if (QUESTION.test(text)) {
    for (const [, left, operator, right] of text.matchAll(ARITHMETIC)) {
      calls.push({ name: "calculator", args: { left: Number(left), operator: String(operator), right: Number(right) } });
    }
  }
  if (TIME.test(text)) {
    calls.push({ name: "clock", args: {} });
  }
  return calls;
}

/** The tokens of a text: words with the space after them, so that joined they are the text again. */
export function pieces(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\s)(?=\S)/);
}

/** Tokens of a conversation: the pieces of its texts, and one for each tool call and each of its arguments. */
export function countTokens(messages: BaseMessage[]): number {
  return messages.reduce((total, message) => {
    const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
    return total + pieces(message.text).length + countCalls(calls);
  }, 0);
}

/** Tokens of tool calls. */
export function countCalls(calls: { args: Record<string, unknown> }[]): number {
  return calls.reduce((total, call) => total + 1 + Object.keys(call.args).length, 0);
}
