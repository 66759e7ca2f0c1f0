// Package catalog lists everything there is of each kind. To add a format, a
// family, a task or a technique, write its file and add its line here.
package catalog

import (
	"attune/engine/clean"
	"attune/engine/format"
	"attune/engine/health"
	"attune/engine/metric"
	"attune/engine/model"
	"attune/engine/model/bart"
	"attune/engine/model/bert"
	"attune/engine/model/gpt2"
	"attune/engine/model/llama"
	"attune/engine/model/t5"
	"attune/engine/model/xlnet"
	"attune/engine/task"
	"attune/engine/technique"
)

// Formats lists the file formats, in the order in which they are tried.
func Formats() []format.Format {
	return []format.Format{
		format.XLSX,
		format.ODS,
		format.Moses,
		format.Folder,
		format.Parquet,
		format.Arrow,
		format.LabelStudio,
		format.Doccano,
		format.Prodigy,
		format.SpaCy,
		format.SQuAD,
		format.AutoML,
		format.Azure,
		format.Chat,
		format.Alpaca,
		format.TMX,
		format.JSON,
		format.JSONL,
		format.CoNLL,
		format.TagTable,
		format.Text,
		format.CSV,
	}
}

// Cleaners lists the steps of cleaning, each with its default settings, in the order
// in which they are best done.
func Cleaners() []clean.Step {
	return []clean.Step{
		clean.NewMojibake(),
		clean.NewHTML(),
		clean.NewUnicode(),
		clean.NewMail(),
		clean.NewBoilerplate(),
		clean.NewMask(),
		clean.NewEmoji(),
		clean.NewReplace(),
		clean.NewRepeats(),
		clean.NewWhitespace(),
		clean.NewLower(),
		clean.NewShorten(),
		clean.NewLanguage(),
		clean.NewLength(),
		clean.NewLabels(),
		clean.NewDivide(),
	}
}

// Families lists the model families.
func Families() []model.Family {
	return []model.Family{
		bert.Family,
		bert.DistilBERT,
		bert.ELECTRA,
		bert.RoBERTa,
		bert.XLMRoBERTa,
		bert.ALBERT,
		gpt2.Family,
		llama.Family,
		bart.Family,
		bart.Marian,
		t5.Family,
		xlnet.Family,
	}
}

// Fresh lists what is made where no pre-trained model is to be started from.
func Fresh() []model.Fresh {
	return []model.Fresh{
		{Kind: model.ReadsBothSides, Make: bert.Fresh},
		{Kind: model.ReadsCapitals, Make: bert.FreshCased},
		{Kind: model.WritesOn, Make: gpt2.Fresh},
		{Kind: model.ReadsAndWrites, Make: bart.Fresh},
	}
}

// Tasks lists the tasks, each with its default settings.
func Tasks() []task.Task {
	return []task.Task{
		task.NewClassification(),
		task.NewMultilabel(),
		task.NewEntities(),
		task.NewAnswering(),
		task.NewTranslation(),
		task.NewGeneration(),
	}
}

// Techniques lists the ways of fine-tuning, each with its default settings.
func Techniques() []technique.Technique {
	return []technique.Technique{
		technique.NewHeadSwap(),
		technique.NewFreeze(),
		technique.NewLayerwise(),
		technique.NewUnfreeze(),
		technique.NewReinit(),
		technique.NewAnchor(),
		technique.NewMixout(),
		technique.NewLoRA(),
		technique.NewFewShot(),
		technique.NewDomain(),
		technique.NewDistil(),
	}
}

// Metrics lists the metrics, each without any answers yet.
func Metrics() []metric.Metric {
	return []metric.Metric{
		metric.NewAccuracy(),
		metric.NewMacroF1(),
		metric.NewMicroF1(),
		metric.NewMCC(),
		metric.NewSpanPrecision(),
		metric.NewSpanRecall(),
		metric.NewSpanF1(),
		metric.NewExactMatch(),
		metric.NewAnswerF1(),
		metric.NewBLEU(),
		metric.NewChrF(),
		metric.NewPerplexity(),
		metric.NewROUGE1(),
		metric.NewROUGE2(),
		metric.NewROUGEL(),
	}
}

// Checks lists what the Doctor looks for, in the order in which it does: what is
// quick comes first.
func Checks() []health.Check {
	return []health.Check{
		health.Empty,
		health.Mojibake,
		health.HTML,
		health.LongTexts,
		health.Languages,
		health.Personal,
		health.Boilerplate,
		health.LabelNames,
		health.SmallLabels,
		health.Imbalance,
		health.Drift,
		health.TextDrift,
		health.GiveAways,
		health.Duplicates,
		health.NearDuplicates,
		health.Conflicts,
		health.SpanBounds,
		health.SpanNames,
		health.Answers,
		health.Outliers,
		health.StrangeWords,
		health.Leaks,
		health.WrongLabels,
	}
}
