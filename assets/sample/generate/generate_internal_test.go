package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

func TestCommittedTableIsWhatTheGeneratorWrites(t *testing.T) {
	want, err := table()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../tickets.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("assets/sample/tickets.csv is not what the generator writes: run go generate ./assets")
	}
}

func TestTable(t *testing.T) {
	text, err := table()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	counts, seen := map[string]int{}, map[string]bool{}
	for _, r := range rows[1:] {
		ticket, topic := r[2], r[3]
		counts[topic]++
		if strings.ContainsAny(ticket, "$[]|") {
			t.Errorf("a slot or a choice was left open in %q", ticket)
		}
		if words := len(strings.Fields(ticket)); words < 3 || words > 110 {
			t.Errorf("%d words in %q", words, ticket)
		}
		if seen[ticket] {
			t.Errorf("twice the same: %q", ticket)
		}
		seen[ticket] = true
	}
	if len(rows) != 601 {
		t.Errorf("%d rows with the header, want 601", len(rows))
	}
	for _, topic := range share {
		if off := counts[topic.name] - topic.tickets; off < -mislabels || off > mislabels {
			t.Errorf("%d tickets about %s, want about %d", counts[topic.name], topic.name, topic.tickets)
		}
	}
	if len(counts) != len(share) {
		t.Errorf("topics %v, want %d of them", counts, len(share))
	}
}

func TestEveryScenarioIsComplete(t *testing.T) {
	topics, err := readTopics()
	if err != nil {
		t.Fatal(err)
	}
	sold := map[string]bool{}
	for _, p := range products {
		sold[p.noun] = true
	}
	for _, topic := range topics {
		for _, s := range topic.scenarios {
			where := topic.name + ": " + s.name
			if len(s.openers) < 2 || len(s.details) < 2 || len(s.asks) == 0 || len(s.shorts) == 0 || len(s.notes) == 0 {
				t.Errorf("%s lacks lines", where)
			}
			for _, noun := range s.nouns {
				if !sold[noun] {
					t.Errorf("%s happens to a %s, which nobody sells", where, noun)
				}
			}
		}
	}
}

func TestParseScenariosRefuses(t *testing.T) {
	cases := map[string]string{
		"a line under nothing": "> hello",
		"an unknown mark":      "= late\n* hello",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			if got, err := parseScenarios(text); err == nil {
				t.Errorf("parseScenarios(%q) = %v, want an error", text, got)
			}
		})
	}
}
