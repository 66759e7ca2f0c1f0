package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A product is what the firm sells, with the words that people have for it.
type product struct {
	noun   string
	models []string
	words  []string
}

var products = []product{
	{"kettle", []string{"Brama", "Brama Pro"}, []string{"kettle", "kettle", "water kettle"}},
	{"robot vacuum", []string{"Tivo 2", "Tivo Max"}, []string{"robot", "vacuum", "robot vacuum", "hoover"}},
	{"desk lamp", []string{"Lumo", "Lumo Clip"}, []string{"lamp", "desk lamp"}},
	{"coffee machine", []string{"Nord Uno", "Nord Duo"}, []string{"coffee machine", "machine", "coffee maker"}},
	{"air fryer", []string{"Pando", "Pando XL"}, []string{"air fryer", "fryer"}},
	{"air purifier", []string{"Hale 30", "Hale 50"}, []string{"air purifier", "purifier"}},
	{"blender", []string{"Sova", "Sova Mini"}, []string{"blender", "mixer"}},
	{"bathroom scale", []string{"Mira", "Mira Fit"}, []string{"scale", "bathroom scale"}},
	{"toaster", []string{"Rusk", "Rusk Four"}, []string{"toaster"}},
	{"fan", []string{"Vela", "Vela Tower"}, []string{"fan", "tower fan"}},
}

var (
	days     = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	months   = []string{"January", "February", "March", "April", "May", "June"}
	cities   = []string{"Leeds", "Cork", "Bristol", "Utrecht", "Aberdeen", "Ghent", "Swansea", "Porto", "Malmö", "Norwich"}
	carriers = []string{"Redline", "ParcelHop", "Hare & Sons", "the courier", "Norpost"}
	numbers  = []string{"", "", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	first    = []string{"Maria", "Tom", "Aisha", "Piotr", "Grace", "Henk", "Siobhán", "Luis", "Nadia", "Owen", "Priya", "Jonas", "Chloe", "Emeka", "Ruth", "Viktor", "Hannah", "Dai"}
	last     = []string{"Keller", "Okafor", "Whitlock", "Nowak", "Byrne", "de Vries", "Ferreira", "Haddad", "Lindgren", "Patel", "Morgan", "Castell", "Aydin", "Rowe"}
	streets  = []string{"Mill Lane", "Station Road", "Quay Street", "Elm Grove"}
)

// A writer is one customer with a product, an order and habits of writing.
type writer struct {
	random *rand.Rand
	thing  product
	other  product
	model  int
	order  string
	digits bool // writes 3 rather than three
	short  bool // writes don't rather than do not
	casual bool // no capitals, few full stops
	typos  int
	loud   bool // all capitals
}

// newWriter invents a customer to whom the scenario can happen.
func newWriter(random *rand.Rand, s scenario, channel string) *writer {
	w := &writer{
		random: random,
		model:  random.IntN(2),
		digits: random.Float64() < 0.5,
		short:  random.Float64() < 0.6,
		casual: random.Float64() < map[string]float64{"chat": 0.6, "email": 0.05}[channel],
		loud:   random.Float64() < 0.015,
	}
	for w.thing = pick(w, products); len(s.nouns) > 0 && !slices.Contains(s.nouns, w.thing.noun); {
		w.thing = pick(w, products)
	}
	for w.other = pick(w, products); w.other.noun == w.thing.noun; {
		w.other = pick(w, products)
	}
	w.order = fmt.Sprintf(pick(w, []string{"KH-%d", "#%d", "%d", "no. %d", "kh%d"}), 200000+random.IntN(99999))
	if random.Float64() < 0.4 {
		w.typos = 1 + random.IntN(3)
	}
	return w
}

// pick draws one of several.
func pick[T any](w *writer, from []T) T { return from[w.random.IntN(len(from))] }

// chance is true with the given probability.
func (w *writer) chance(p float64) bool { return w.random.Float64() < p }

// say makes one line of a topic a sentence of this writer: every [a|b] becomes
// one of its choices, every $slot what it stands for.
func (w *writer) say(line string) string {
	line = w.fill(w.choose(line))
	if w.short {
		line = contractions.Replace(line)
	}
	return strings.TrimSpace(strings.NewReplacer("  ", " ", " ,", ",", "..", ".", " .", ".", " ?", "?").Replace(line))
}

// choose settles the alternatives of a line; they do not nest.
func (w *writer) choose(line string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(line, "[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inside, after, _ := strings.Cut(rest, "]")
		b.WriteString(pick(w, strings.Split(inside, "|")))
		line = after
	}
}

// slot fills one name; longer names come before those that they begin with.
type slot struct {
	name string
	fill func(*writer) string
}

var slots = []slot{
	{"$product2", func(w *writer) string { return w.thing.models[1-w.model] }},
	{"$product", (*writer).product},
	{"$thing2", func(w *writer) string { return pick(w, w.other.words) }},
	{"$thing", func(w *writer) string { return pick(w, w.thing.words) }},
	{"$order", func(w *writer) string { return w.order }},
	{"$date", (*writer).date},
	{"$day", func(w *writer) string { return pick(w, days) }},
	{"$city", func(w *writer) string { return pick(w, cities) }},
	{"$carrier", func(w *writer) string { return pick(w, carriers) }},
	{"$price", (*writer).price},
	{"$code", func(w *writer) string {
		return pick(w, []string{"SPRING10", "HELLO5", "KHX-88-TEA", "WELCOME", "JUNE15"})
	}},
	{"$d", func(w *writer) string { return fmt.Sprint(2 + w.random.IntN(8)) }},
	{"$n", (*writer).number},
}

// fill replaces the slots of a line one by one, so that each is drawn anew.
func (w *writer) fill(line string) string {
	for _, s := range slots {
		for strings.Contains(line, s.name) {
			line = strings.Replace(line, s.name, s.fill(w), 1)
		}
	}
	return line
}

func (w *writer) product() string {
	model := w.thing.models[w.model]
	if w.chance(0.5) {
		return model
	}
	return model + " " + w.thing.noun
}

func (w *writer) date() string {
	day, month := 1+w.random.IntN(28), w.random.IntN(len(months))
	return pick(w, []string{
		fmt.Sprintf("%d %s", day, months[month]),
		fmt.Sprintf("%s %d", months[month], day),
		fmt.Sprintf("%d/%d", day, month+1),
		fmt.Sprintf("%02d.%02d.", day, month+1),
	})
}

func (w *writer) price() string {
	pounds := 19 + w.random.IntN(160)
	return pick(w, []string{fmt.Sprintf("£%d.90", pounds), fmt.Sprintf("£%d", pounds), fmt.Sprintf("%d pounds", pounds), fmt.Sprintf("%d,90", pounds)})
}

func (w *writer) number() string {
	n := 2 + w.random.IntN(8)
	if w.digits {
		return fmt.Sprint(n)
	}
	return numbers[n]
}

// contractions are how most people write.
var contractions = strings.NewReplacer(
	"cannot", "can't", "do not", "don't", "does not", "doesn't", "did not", "didn't", "will not", "won't",
	"has not", "hasn't", "have not", "haven't", "is not", "isn't", "are not", "aren't", "was not", "wasn't",
	"I have been ", "I've been ", "I have had ", "I've had ", "I have tried ", "I've tried ", "I am ", "I'm ", "it is ", "it's ", "It is ", "It's ", "that is ", "that's ", "I would ", "I'd ",
	"What is ", "What's ", "could not", "couldn't", "would not", "wouldn't", "There is ", "There's ", "there is ", "there's ",
)
