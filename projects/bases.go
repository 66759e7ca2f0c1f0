package projects

import "slices"

// Bases lists what a training of this project can start from: the starter, and those
// models on this computer that the project's task can use. Without models, and when
// they cannot be looked at, it lists the starter alone.
func (p *Project) Bases(m *Models) ([]Choice, error) {
	if m == nil {
		return []Choice{starterChoice()}, nil
	}
	found, err := m.choices(func(i ModelInfo) bool { return slices.Contains(i.Learns, p.Task()) })
	if err != nil {
		return []Choice{starterChoice()}, err
	}
	return found, nil
}

const starterAbout = "Learns from your texts alone, vocabulary included. Small and fast."

func starterChoice() Choice { return Choice{Starter, "Small encoder", starterAbout} }
