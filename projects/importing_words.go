package projects

import "attune/engine/clean"

// words counts the words of a text.
func words(text string) int { return clean.Words(text) }
