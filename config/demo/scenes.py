"""Decides what happens in one conversation of the demo: answered, not known, handed over, unhelpful, broken.

Called by config.demo.history; writes into a Thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from chatbots.models import ChatbotVersion
from config.demo.talks import Exchange, Script
from config.demo.thread import BotLine, Thread
from conversations.models import Answering, Message, MessageState, RefusalCause

MODEL = "gpt-4.1-mini"
INPUT_PRICE, OUTPUT_PRICE = 0.40, 1.60  # USD a million tokens, as the shop's history was billed
HELPED_SHARE, UNHELPFUL_SHARE = 0.34, 0.02


@dataclass(frozen=True, slots=True)
class Era:
    """From when on which version answers, and through which provider."""

    since: datetime
    version: ChatbotVersion
    provider: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scene plays on."""

    thread: Thread
    script: Script
    era: Era
    person: User
    random: Random

    def bot(self, line: BotLine) -> Message:
        return self.thread.bot(line)

    def line(self, exchange: Exchange) -> BotLine:
        """The answer to an exchange; the built-in engine cannot answer across languages."""
        text = exchange.answer if self.era.provider == "openai" else exchange.quoted
        return self._priced(text, exchange) if text else self.refusal()

    def refusal(self) -> BotLine:
        cause = self.random.choice((RefusalCause.NOTHING_FOUND, RefusalCause.LOW_SUPPORT))
        took = self.random.randrange(14, 70)
        besides = self.random.choice(self.script.exchanges).citations[:1]
        return BotLine(
            text=self.script.refusal,
            version=self.era.version,
            provider=self.era.provider,
            refusal_cause=cause,
            read_besides=besides if cause == RefusalCause.LOW_SUPPORT else (),
            first_token_ms=took,
            total_ms=took + 5,
        )

    def small_talk(self) -> BotLine:
        return self._priced(self.random.choice(self.script.welcome), None)

    def _priced(self, text: str, exchange: Exchange | None) -> BotLine:
        citations = exchange.citations if exchange else ()
        is_model = self.era.provider == "openai"
        tokens_in = self.random.randrange(520, 1_500) if is_model else 0
        tokens_out = max(6, len(text) // 3) if is_model else 0
        first = self.random.randrange(380, 1_300) if is_model else self.random.randrange(6, 28)
        return BotLine(
            text=text,
            version=self.era.version,
            provider=self.era.provider,
            model=MODEL if is_model else "",
            citations=citations,
            read_besides=self._besides(citations),
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            cost_micros=round(tokens_in * INPUT_PRICE + tokens_out * OUTPUT_PRICE),
            first_token_ms=first,
            total_ms=first + (tokens_out * 14 if is_model else 20),
        )

    def _besides(self, citations: tuple[dict[str, object], ...]) -> tuple[dict[str, object], ...]:
        """One passage that was read and not used."""
        used = {citation["chunk"] for citation in citations}
        other = self.random.choice(self.script.exchanges).citations[0]
        return () if not citations or other["chunk"] in used else (other,)


def answered(stage: Stage) -> None:
    """One to three questions, sometimes with thanks and a thumb."""
    rounds = stage.random.choices((1, 2, 3), (5, 3, 1))[0]
    for number, exchange in enumerate(_draw(stage, rounds)):
        wait = stage.random.randrange(25, 240) if number else 0
        stage.thread.visitor(stage.random.choice(exchange.questions), wait_seconds=wait)
        answer = stage.bot(stage.line(exchange))
        _maybe_thumb(stage, answer)
    if stage.random.random() < 0.3:
        stage.thread.visitor(
            stage.random.choice(stage.script.thanks), wait_seconds=stage.random.randrange(10, 90)
        )
        stage.bot(stage.small_talk())


def not_known(stage: Stage) -> None:
    """A gap in the knowledge; now and then the visitor goes on with something that is known."""
    gaps = stage.script.gaps
    often = range(2 * len(gaps), 0, -2)  # the first ones are asked again and again
    stage.thread.visitor(stage.random.choices(gaps, often)[0])
    refused = stage.bot(stage.refusal())
    if stage.random.random() < 0.12:
        stage.thread.feedback(refused, -1)
    if stage.random.random() < 0.4:
        exchange = _draw(stage, 1)[0]
        stage.thread.visitor(
            stage.random.choice(exchange.questions), wait_seconds=stage.random.randrange(30, 200)
        )
        stage.bot(stage.line(exchange))


def handed_over(stage: Stage) -> None:
    """The visitor asks for a person, who answers and hands back."""
    if not stage.script.handovers:
        return not_known(stage)
    talk = stage.random.choice(stage.script.handovers)
    thread = stage.thread
    thread.visitor(talk.question)
    stage.bot(stage.refusal())
    thread.wait_for_person()
    name = stage.person.name
    thread.system(f"{name} joined the conversation.")
    for number, reply in enumerate(talk.replies):
        if number:
            thread.visitor("👍", wait_seconds=stage.random.randrange(40, 300))
        text = reply.format(agent=name.split()[0])
        thread.person(stage.person, text, wait_seconds=stage.random.randrange(60, 420))
    thread.visitor(talk.ending, wait_seconds=stage.random.randrange(30, 240))
    thread.conversation.assignee = stage.person
    thread.hand_back()
    return None


def unhelpful(stage: Stage) -> None:
    """An answer that did not help."""
    exchange = _draw(stage, 1)[0]
    stage.thread.visitor(stage.random.choice(exchange.questions))
    stage.thread.feedback(stage.bot(stage.line(exchange)), -1)


def broken(stage: Stage) -> None:
    """The provider fails or the visitor stops the answer, and the second try succeeds."""
    exchange = _draw(stage, 1)[0]
    question = stage.random.choice(exchange.questions)
    stage.thread.visitor(question)
    stage.bot(_failure(stage))
    stage.thread.visitor(question, wait_seconds=stage.random.randrange(8, 40))
    stage.bot(stage.line(exchange))


def waiting(stage: Stage) -> None:
    """Asked for a person a moment ago; nobody has answered yet."""
    stage.thread.visitor(stage.random.choice(stage.script.waiting))
    stage.bot(stage.refusal())
    stage.thread.wait_for_person()
    stage.thread.conversation.unread_count = 1


def with_person(stage: Stage, until: timedelta) -> None:
    """A person has taken over and the bot is silent."""
    talk = stage.random.choice(stage.script.handovers)
    stage.thread.visitor(talk.question)
    stage.bot(stage.refusal())
    stage.thread.wait_for_person()
    stage.thread.system(f"{stage.person.name} joined the conversation.")
    text = talk.replies[0].format(agent=stage.person.name.split()[0])
    stage.thread.person(stage.person, text, wait_seconds=110)
    conversation = stage.thread.conversation
    conversation.answering, conversation.assignee = Answering.PERSON, stage.person
    conversation.answering_until = stage.thread.clock + until


Scene = Callable[[Stage], None]
# A deck: each fifty conversations hold the same share of everything.
DECK: tuple[Scene, ...] = (
    *[answered] * 37,
    *[not_known] * 6,
    *[handed_over] * 5,
    unhelpful,
    broken,
)


def _draw(stage: Stage, count: int) -> list[Exchange]:
    return stage.random.sample(stage.script.exchanges, count)


def _maybe_thumb(stage: Stage, answer: Message) -> None:
    if answer.refusal_cause:
        return
    chance = stage.random.random()
    if chance < HELPED_SHARE:
        stage.thread.feedback(answer, 1)
    elif chance < HELPED_SHARE + UNHELPFUL_SHARE:
        stage.thread.feedback(answer, -1)


def _failure(stage: Stage) -> BotLine:
    """A generation that failed has no text; it costs nothing."""
    return BotLine(
        text="",
        version=stage.era.version,
        provider=stage.era.provider,
        model=MODEL if stage.era.provider == "openai" else "",
        refusal_cause=RefusalCause.PROVIDER,
        state=MessageState.FAILED,
        first_token_ms=0,
        total_ms=20_000,
    )
