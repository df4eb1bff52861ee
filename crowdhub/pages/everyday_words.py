"""Words that say nothing of what an idea is about, beside the stop words that PostgreSQL leaves out by itself.

Numbers and quantities, times, verbs of doing and wanting, and what ties sentences together. Their other forms go by
their stem: "take" stands for "takes" and "taking".
"""

from __future__ import annotations

from typing import Final

ENGLISH: Final = """
zero three four five six seven eight nine ten eleven twelve twenty thirty hundred thousand half third quarter double
twice once first second last next both each every all some any several many much more most less least few enough
number part pair kind sort piece rest whole total side front order return built
able about above across after again against almost alone along already also although always among another anybody
anyone anything anywhere around away back because become before behind below beside between beyond cannot could
down during either else especially even ever everybody everyone everything everywhere except however indeed
instead into itself just later like likely maybe might must near nearly need never nobody nothing nowhere
often only other otherwise over perhaps possible probably quite rather really same shall should simply since
somebody someone something sometimes somewhere soon still such than that their them then there therefore these they
thing this those though through thus together toward towards under unless until upon usually very well what whatever
when where whether which while whole will with within without would your
time times minute hour day days week weeks month months year years today tomorrow yesterday morning evening
moment early long short late now
good better best great nice easy easier simple new old big bigger small smaller large larger high low right wrong
different certain clear hard full empty own sure
add ask begin bring build call carry change check come cost do done end fall feel find follow get give given go gone
happen have help hold keep know known lead learn leave let look lose make made mean meet move name open pay place
play plan point put read reach run said save say see seem seen send set show shown sit spend stand start stay stop
suggest take taken talk tell thank think thought tried try turn use used using wait want went work works write
idea ideas suggestion proposal solution problem way ways lot lots people person everyday colleague colleagues
"""
GERMAN: Final = """
null zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig hundert tausend halb halbe hälfte
drittel viertel doppelt einmal zweimal dreimal erste zweite dritte letzte nächste beide jede alle einige etliche
mehrere viele viel mehr meiste weniger wenig wenige genug anzahl zahl teil paar stück rest ganze gesamt
aber abends allein allem allen aller alles also andere anders anstatt auch außer außerdem bald bereits besonders
bevor beim bisher bleiben daher dabei dadurch dafür dagegen damit danach daneben dann daran darauf daraus darin
darüber darum darunter davon davor dazu dazwischen denn dennoch deshalb dessen deswegen dies diese dieser dieses
doch dort durch ebenfalls ebenso eher eigentlich etwa etwas fast ganz gegen genau gerade gerne gleich gleiche hier
hinter immer indem innerhalb irgendwie jedoch jeweils jemand kaum kein keine leider lieber manche manchmal meist
meistens möglich möglichst nachdem nahe nämlich neben nicht nichts niemand noch notwendig nötig oben oder oft ohne
schließlich schon sehr selbst selten sicher sobald sodass sofort sogar solche sondern sonst soweit sowie später
statt stattdessen stets trotz trotzdem über überall überhaupt übrigens umso unten unter vielleicht völlig voll vorher
während wann warum weil weitere weiter wegen welche wenigstens wenn werden wieder wirklich wobei wodurch wofür woher
wohl zwar zwischen zudem zuerst zugleich zuletzt zunächst zurück zusammen zusätzlich
zeit minute stunde tag tage woche wochen monat monate jahr jahre heute morgen gestern moment früh lang lange kurz
jetzt täglich
gut gute besser beste schön einfach einfacher leicht leichter neu neue alt alte groß große größer klein kleine
kleiner hoch hohe niedrig richtig falsch verschieden bestimmt klar schwer leer eigene
anfangen ansehen arbeiten bauen beginnen bekommen benutzen brauchen bringen denken dürfen einsetzen enden erhalten
fallen finden folgen fragen führen geben geht gehen gemacht genommen glauben gibt haben halten heißen helfen holen
hören kennen kommen können könnte könnten kosten lassen laufen legen lernen lesen liegen machen meinen müssen
müsste nehmen nutzen nennen öffnen sagen schaffen schreiben sehen setzen sitzen sollen sollte sollten stehen stellen
suchen tragen treffen tun verlieren verstehen versuchen verwenden vorschlagen warten wissen wollen wünschen würde
würden zeigen ziehen
idee ideen vorschlag vorschläge lösung problem weise leute menschen mensch person personen kollege kollegen kollegin
kolleginnen
"""
