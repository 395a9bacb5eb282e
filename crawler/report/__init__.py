"""A page about a run or a period: what was published, refused and removed, with pictures.

gathering > facts > {tally, listing}     what there is to tell, of records in one pass
page > chart                             how it is shown
"""
