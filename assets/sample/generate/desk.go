package main

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A ticket is one row of the sample.
type ticket struct {
	created time.Time
	channel string
	text    string
	topic   string
}

// channels come as often as they stand here.
var channels = []string{"email", "email", "email", "email", "web form", "web form", "web form", "chat", "chat", "phone"}

const (
	resent    = 8 // tickets that someone sends a second time in nearly the same words
	mislabels = 9 // tickets that an agent filed wrongly: 1.5 % of 600
)

// A desk takes in the tickets of half a year.
type desk struct {
	random *rand.Rand
	topics []topic
	asides []string
	seen   map[string]bool
}

func newDesk(topics []topic, asides []string) *desk {
	return &desk{
		random: rand.New(rand.NewPCG(20250107, 6)),
		topics: topics,
		asides: asides,
		seen:   map[string]bool{},
	}
}

// inbox is every ticket in the order of its arrival.
func (d *desk) inbox() []ticket {
	var all []ticket
	for _, t := range d.topics {
		first := len(all)
		for n := range t.tickets {
			all = append(all, d.ticket(t, t.scenarios[n%len(t.scenarios)]))
		}
		d.resend(all[first:])
	}
	d.mislabel(all)
	slices.SortStableFunc(all, func(a, b ticket) int { return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.text, b.text)) })
	return all
}

// ticket composes one that nobody has sent before.
func (d *desk) ticket(t topic, s scenario) ticket {
	for {
		channel := channels[d.random.IntN(len(channels))]
		w := newWriter(d.random, s, channel)
		text := w.scribble(d.compose(w, t, s, channel))
		if !d.seen[text] {
			d.seen[text] = true
			return ticket{d.moment(), channel, text, t.name}
		}
	}
}

// compose chooses the form that the channel suggests.
func (d *desk) compose(w *writer, t topic, s scenario, channel string) string {
	switch {
	case channel == "phone":
		return w.say(pick(w, s.notes))
	case channel == "chat" && w.chance(0.5), channel == "web form" && w.chance(0.12):
		return w.say(pick(w, s.shorts))
	case channel == "email":
		return w.letter(d.body(w, t, s))
	}
	return strings.Join(d.body(w, t, s), " ")
}

// body tells the matter: an opener, details, remarks, perhaps a second matter,
// and what is wanted. Some people begin with the circumstances, some never say
// what they want.
func (d *desk) body(w *writer, t topic, s scenario) []string {
	lines := []string{pick(w, s.openers)}
	lines = append(lines, some(w, s.details, w.random.IntN(4))...)
	if w.chance(0.45) {
		at := w.random.IntN(len(lines) + 1)
		lines = slices.Insert(lines, at, pick(w, d.asides))
	}
	if w.chance(0.75) || len(lines) == 1 {
		lines = append(lines, pick(w, s.asks))
	}
	if w.chance(0.14) {
		lines = append(lines, d.second(w, t)...)
	}
	for i, l := range lines {
		lines[i] = w.say(l)
	}
	return lines
}

// second is another matter in the same ticket, of another topic.
func (d *desk) second(w *writer, t topic) []string {
	other := pick(w, d.topics)
	s := pick(w, other.scenarios)
	if other.name == t.name || len(s.nouns) > 0 {
		return nil
	}
	lead := pick(w, []string{"And another thing.", "Also:", "While I am at it:", "One more thing.", "P.S."})
	return []string{lead, pick(w, s.openers)}
}

// some draws n different lines, or all if there are fewer.
func some(w *writer, lines []string, n int) []string {
	mixed := slices.Clone(lines)
	w.random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed[:min(n, len(mixed))]
}

// moment is a minute of the first half of 2025, mostly by day.
func (d *desk) moment() time.Time {
	day := time.Date(2025, 1, 7, 0, 0, 0, 0, time.UTC).AddDate(0, 0, d.random.IntN(175))
	minute := 7*60 + d.random.IntN(16*60)
	return day.Add(time.Duration(minute) * time.Minute)
}

// resend replaces a few tickets of a topic by a reminder of an earlier one.
func (d *desk) resend(tickets []ticket) {
	for n := range max(1, resent*len(tickets)/600) {
		from, to := tickets[n*7], &tickets[len(tickets)-1-n*5]
		lead := []string{"Second try: ", "I wrote this three days ago and got no answer. ", "RE: ", "Still waiting. "}[d.random.IntN(4)]
		to.channel, to.text = from.channel, lead+from.text
		to.created = from.created.Add(time.Duration(50+d.random.IntN(60)) * time.Hour)
	}
}

// mislabel files a few tickets under the topic beside their own.
func (d *desk) mislabel(tickets []ticket) {
	for _, n := range d.random.Perm(len(tickets))[:mislabels] {
		wrong := d.topics[d.random.IntN(len(d.topics))].name
		if wrong == tickets[n].topic {
			wrong = d.topics[0].name
		}
		tickets[n].topic = wrong
	}
}
