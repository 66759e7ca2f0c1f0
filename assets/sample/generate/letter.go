package main

import (
	"fmt"
	"strings"
)

var (
	greetings = []string{"Hi,", "Hello,", "Hello Kestrel team,", "Dear Sir or Madam,", "Good morning,", "Hi there,", "Dear Kestrel Home,", "Hey,", "To whom it may concern,", "Good evening,"}
	farewells = []string{"Thanks", "Thank you", "Kind regards", "Best", "Many thanks in advance", "Regards", "Yours sincerely", "Cheers"}
)

// letter puts the sentences of an e-mail between a greeting and a signature, as
// paragraphs or as one, and as politely as its writer is.
func (w *writer) letter(body []string) string {
	parts := []string{strings.Join(body, " ")}
	if len(body) > 3 && w.chance(0.4) {
		parts = []string{strings.Join(body[:2], " "), strings.Join(body[2:], " ")}
	}
	if w.chance(0.75) {
		parts = append([]string{pick(w, greetings)}, parts...)
	}
	if w.chance(0.7) {
		parts = append(parts, w.signature())
	}
	if w.chance(0.4) {
		return strings.Join(parts, "\n\n")
	}
	return strings.Join(parts, " ")
}

// signature closes a letter, now and then with an address or a phone's advert.
func (w *writer) signature() string {
	line := pick(w, farewells) + ", " + pick(w, first)
	if w.chance(0.6) {
		line += " " + pick(w, last)
	}
	if w.chance(0.1) {
		line += fmt.Sprintf(", %d %s, %s", 1+w.random.IntN(90), pick(w, streets), pick(w, cities))
	}
	if w.chance(0.1) {
		line += " - Sent from my phone"
	}
	return line
}
