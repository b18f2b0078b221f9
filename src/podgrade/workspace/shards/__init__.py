"""A class graded by a Job on the cluster itself: who grades whom, what goes there, what comes
back.
"""
