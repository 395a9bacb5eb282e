"""Extensions: what a person sees of a run while it goes on and when it has ended."""
