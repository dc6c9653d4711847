# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built-in model's rules: the same conversation always gets the same reply."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.rules import Call, Reply, count_tokens, decide, pieces

ALL = {"calculator", "clock", "perform_action"}


def calculation(*expressions: str) -> Reply:
    return Reply(calls=tuple(Call("calculator", {"expression": expression}) for expression in expressions))


def action(name: str, target: str) -> Reply:
    return Reply(calls=(Call("perform_action", {"action": name, "target": target}),))


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Hello there", Reply(text="You said: Hello there")),
        ("", Reply(text="You said: ")),
        ("What is 6 * 7?", calculation("6 * 7")),
        ("what is 6 times 7", calculation("6 * 7")),
        ("Calculate (1+2)*3", calculation("(1+2)*3")),
        ("What is 2+3 and 10/4?", calculation("2+3", "10/4")),
        ("2 + 2 =", calculation("2 + 2")),
        ("Call 555-1234 on 2026-01-02", Reply(text="You said: Call 555-1234 on 2026-01-02")),
        ("What is 42?", Reply(text="You said: What is 42?")),
        ("What time is it?", Reply(calls=(Call("clock", {}),))),
        ("The time of my life", Reply(text="You said: The time of my life")),
        ("Please refund order 42.", action("refund", "order 42")),
        ("Could you please delete the old report?", action("delete", "the old report")),
        ("SEND 3 + 4 letters", action("send", "3 + 4 letters")),
        ("What is a refund?", Reply(text="You said: What is a refund?")),
        ("Remember that the door code is 1234.", Reply(text="I will remember that the door code is 1234.")),
        ("Remember to delete the file", Reply(text="I will remember that to delete the file.")),
        ("What did I tell you?", Reply(text="You have told me nothing to remember yet.")),
        ("Who are you?", Reply(text="I have no instructions.")),
    ],
)
def test_a_message_gets_the_reply_of_its_rule(said: str, reply: Reply) -> None:
    assert decide([HumanMessage(said)], ALL) == reply


def test_a_question_may_need_several_tools_at_once() -> None:
    reply = decide([HumanMessage("What time is it, and what is 2^10?")], ALL)
    assert reply.calls == (Call("calculator", {"expression": "2^10"}), Call("clock", {}))


def test_a_tool_that_is_not_offered_is_not_called() -> None:
    assert decide([HumanMessage("What is 6 * 7?")], {"clock"}) == Reply(text="You said: What is 6 * 7?")


def test_memory_is_what_the_conversation_holds_in_the_order_it_was_told() -> None:
    conversation: list[BaseMessage] = []
    for said in ("Remember that the cat is Minka", "Hello", "please remember the dog is Rex."):
        conversation += [HumanMessage(said), AIMessage("noted")]
    reply = decide([*conversation, HumanMessage("So what do you remember?")], ALL)
    assert reply.text == "You told me that the cat is Minka; the dog is Rex."


def test_the_results_of_tools_become_the_answer() -> None:
    conversation = [
        HumanMessage("What is 1+1, and what time is it?"),
        AIMessage(""),
        ToolMessage("1+1 = 2", name="calculator", tool_call_id="a"),
        ToolMessage("12:00", name="clock", tool_call_id="b"),
    ]
    assert decide(conversation, ALL).text == "1+1 = 2. The time is 12:00."


def test_the_instructions_of_the_assistant_are_told_on_request() -> None:
    reply = decide([SystemMessage("You are Bob."), HumanMessage("Who are you?")], ALL)
    assert reply.text == "My instructions are: You are Bob."


def test_content_blocks_are_read_like_text() -> None:
    assert decide([HumanMessage([{"type": "text", "text": "Hello"}])], ALL).text == "You said: Hello"


def test_no_message_is_answered_too() -> None:
    assert decide([], ALL).text == "I was given no message to answer."


@pytest.mark.parametrize("text", ["", "one", "one two  three ", "  leading", "line\nbreak\n\n end"])
def test_the_pieces_of_a_text_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_tokens_count_words_and_tool_calls() -> None:
    call = {"name": "calculator", "args": {"expression": "6 * 7"}, "id": "a"}
    assert count_tokens([HumanMessage("What is 6 * 7?")]) == 5
    assert count_tokens([HumanMessage("What is 6 * 7?"), AIMessage("", tool_calls=[call])]) == 9
