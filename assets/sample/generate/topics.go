package main

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed topics
var files embed.FS

// A topic is one class: its name, how many tickets it gets, and what happens to
// people that makes them write about it.
type topic struct {
	name      string
	tickets   int
	scenarios []scenario
}

// A scenario is one kind of trouble in the words of several people. A line
// opens a ticket, adds a detail, asks for something, says it all in a few
// words, or is the note that an agent takes on the phone.
type scenario struct {
	name    string
	nouns   []string // the products it can happen to; empty means any
	openers []string
	details []string
	asks    []string
	shorts  []string
	notes   []string
}

// share is the imbalance of the classes.
var share = []topic{
	{name: "delivery", tickets: 150},
	{name: "billing", tickets: 130},
	{name: "fault", tickets: 110},
	{name: "returns", tickets: 90},
	{name: "account", tickets: 70},
	{name: "question", tickets: 50},
}

func readTopics() ([]topic, error) {
	var topics []topic
	for _, t := range share {
		text, err := files.ReadFile("topics/" + t.name + ".txt")
		if err != nil {
			return nil, err
		}
		if t.scenarios, err = parseScenarios(string(text)); err != nil {
			return nil, fmt.Errorf("topics/%s.txt: %w", t.name, err)
		}
		topics = append(topics, t)
	}
	return topics, nil
}

// parseScenarios reads blocks that begin with "= name" or "= name : noun, noun";
// the first character of each line under it says what the line is for.
func parseScenarios(text string) ([]scenario, error) {
	var all []scenario
	for n, line := range strings.Split(text, "\n") {
		if line == "" {
			continue
		}
		mark, rest, _ := strings.Cut(line, " ")
		if mark == "=" {
			all = append(all, newScenario(rest))
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("line %d stands under no scenario", n+1)
		}
		lines := all[len(all)-1].lines(mark)
		if lines == nil {
			return nil, fmt.Errorf("line %d begins with %q", n+1, mark)
		}
		*lines = append(*lines, rest)
	}
	return all, nil
}

func newScenario(title string) scenario {
	name, nouns, limited := strings.Cut(title, " : ")
	s := scenario{name: name}
	if limited {
		s.nouns = strings.Split(nouns, ", ")
	}
	return s
}

// lines is where the lines with a mark belong, nil for an unknown mark.
func (s *scenario) lines(mark string) *[]string {
	return map[string]*[]string{
		">": &s.openers, "+": &s.details, "?": &s.asks, "!": &s.shorts, "~": &s.notes,
	}[mark]
}

// readAsides gives the remarks that any customer makes about anything.
func readAsides() ([]string, error) {
	text, err := files.ReadFile("topics/asides.txt")
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n"), nil
}
