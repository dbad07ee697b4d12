"""Decides which words say nothing about a question's subject, by language.

Called by ranking (weights of a question's words) and by the extractive answer; never when indexing.
"""

from functools import lru_cache

_WORDS = {
    "en": """use a about an and any are as at be been but by can could did do does for from get give had
        has have he her his how i if in into is it its let me my of on or our please she should
        so tell than that the their them there these they this to was we were what when where
        which who whom whose why will with would you your am im know us""",
    "es": """a al como cómo con cual cuál cuales cuáles cuando cuándo cuanto cuánto cuantos cuántos
        de del donde dónde el ella ellos en era es esta está este esto fue ha hay la las le lo
        los me mi mis no nos o para pero por porque puedo que qué quien quién se ser si sin son
        su sus tu un una unas unos y yo""",
    "de": """aber als am an auch auf aus bei bin das dass dem den der des die dies diese dieser du
        ein eine einem einen einer er es für hat habe haben ich ihr im in ist kann können man
        mein meine mich mir mit nach oder sein sich sie sind so um und uns von vor wann war
        warum was welche welcher welches wenn wer werden wie wir wird wo zu zum zur""",
    "fr": """a à au aux avec ce ces cette comment d dans de des du elle en est et être il ils j je l
        la le les leur ma mes mon n ne nous on ou où par pas peut peux pour pourquoi qu quand
        que quel quelle quelles quels qui quoi sa se ses son sont sur un une vous votre y""",
    "pt": """a ao aos as até com como da das de do dos e é ela ele em era essa esse esta está este eu
        foi há isso isto já la me meu minha na não nas no nos o onde os ou para pela pelo por
        porque posso qual quais quando quanto que quem se sem ser seu sua são um uma você""",
    "it": """a ai al alla che chi ci come con cosa cui da dal dalla dei del della delle di dove e è
        gli ha ho i il in io la le lo ma mi mio nel nella non o per perché posso qual quale
        quali quando quanto questa questo se si sono su sua suo un una uno""",
    "nl": """aan als bij dat de der die dit een en er het hoe ik in is je kan met mijn naar niet of
        om op te uit van voor waar waarom wanneer was wat welke wie wij worden zijn""",
    "ar": """أن إن إلى التي الذي الذين أو أي أين ثم ذلك ذات على عن عند عندما في قد كان كانت كم كيف لا
        لم لماذا لها له ليس ما ماذا متى مع من منذ ه هذا هذه هل هو هي و يا يمكن""",
    "hi": """और का की के को क्या कब कहाँ कहां कितना कितने कितनी किस किसने कैसे कौन
        क्यों में मैं मेरा मेरी मेरे ने पर से है हैं हो था थी थे यह वह एक भी तो
        लिए""",
    "ru": """а без был была были было быть в вас все вы где да для до его ее если есть еще же за и из
        или их к как какая какие какой когда кто ли мне мой можно мы на не нет но о об он она
        они от по почему с сколько так то у что чтобы это я""",
    "zh": """什么 怎么 怎样 如何 为什么 哪里 哪个 哪些 多少 谁 吗 呢 的 了 是 在 和 与 我 你 我们
        你们 他们 请问 可以 有 被""",
    "ja": """何 どこ いつ だれ 誰 なぜ どう どの どれ です ます か は が を に の と で も から
        まで する した ある いる ください""",
}


@lru_cache(maxsize=64)
def stop_words(language: str) -> frozenset[str]:
    """Return the language's words without content, as they are written; empty where none are listed."""
    return frozenset(_WORDS.get(language, "").split())
