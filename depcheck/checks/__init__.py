"""What data cannot say: functions from a noun and the project to outcomes, one module per pack, named after their rule.

A check matches, then yields. It never names a severity and never writes prose: the words it gives fill the placeholders
of the rule's message.
"""
