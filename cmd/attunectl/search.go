package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"attune/projects"
)

var searchBest = command{
	name: "search", usage: "PROJECT --minutes M [--base starter|fresh|NAME|DIR] [--preset quick|balanced|best] [--seed N] [--threads N] [--resume]",
	about: "Tries techniques and learning rates against each other for a given time, the better ones longer, and trains the best for what is left of it.",
	run: func(ctx context.Context, c *call) error {
		var o projects.SearchOptions
		minutes := c.flags.Float64("minutes", 10, "how long all of it may take")
		c.flags.StringVar(&o.Base, "base", "", "what to start from: starter (by itself for English texts), fresh (for others), a model that attunectl models lists, or the folder or .gguf file of one")
		c.flags.StringVar(&o.Preset, "preset", "balanced", "what the tries differ from: quick, balanced, best")
		c.flags.Uint64Var(&o.Seed, "seed", 1, "another number gives other random choices")
		c.flags.IntVar(&o.Threads, "threads", 0, "processor cores to use, 0 for all")
		c.flags.BoolVar(&o.Resume, "resume", false, "go on with the search that was interrupted, in its time")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		o.Time = time.Duration(*minutes * float64(time.Minute))
		m := c.meter()
		found, s, err := p.Search(ctx, o, func(now projects.Search) {
			last := now.Rounds[len(now.Rounds)-1]
			m.say(trialText(len(now.Rounds), last[len(last)-1], now.Main), map[string]any{"round": len(now.Rounds), "trial": last[len(last)-1]})
		})
		if err != nil {
			return err
		}
		info, err := c.carryOut(ctx, p, s)
		if err != nil {
			return err
		}
		value := trained(info)
		value["search"] = found
		return c.print(value, "%s\n%s", searchText(found), trainedText(info))
	},
}

// searchText is the table of all tries.
func searchText(found projects.Search) string {
	var b strings.Builder
	for i, round := range found.Rounds {
		for _, t := range round {
			b.WriteString(trialText(i+1, t, found.Main) + "\n")
		}
	}
	fmt.Fprintf(&b, "best: %s\n", candidateText(found.Left[0]))
	return b.String()
}

func trialText(round int, t projects.Trial, main string) string {
	how := fmt.Sprintf("%s %.4f, loss %.3f", strings.ReplaceAll(main, "_", " "), t.Score, t.Loss)
	if t.Failed != "" {
		how = t.Failed
	}
	return fmt.Sprintf("round %d  %-52s %2d passes %6.1f s  %s", round, candidateText(t.Candidate), t.Passes, t.Seconds, how)
}

// candidateText names a candidate as the flags of train do.
func candidateText(c projects.Candidate) string {
	text := strings.Join(c.Techniques, "+")
	for _, key := range slices.Sorted(maps.Keys(c.Settings)) {
		text += fmt.Sprintf(" %s=%s", key, c.Settings[key])
	}
	return text
}
