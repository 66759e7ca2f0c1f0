package bart

import (
	"encoding/json"

	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
)

// Config mirrors the fields of a config.json that the network depends on.
type Config struct {
	Type           string  `json:"model_type"`
	Vocabulary     int     `json:"vocab_size"`
	Width          int     `json:"d_model"`
	EncoderBlocks  int     `json:"encoder_layers"`
	DecoderBlocks  int     `json:"decoder_layers"`
	EncoderHeads   int     `json:"encoder_attention_heads"`
	DecoderHeads   int     `json:"decoder_attention_heads"`
	EncoderInner   int     `json:"encoder_ffn_dim"`
	DecoderInner   int     `json:"decoder_ffn_dim"`
	Activation     string  `json:"activation_function"`
	Dropout        float64 `json:"dropout"`
	Attention      float64 `json:"attention_dropout"`
	Positions      int     `json:"max_position_embeddings"`
	ScaleEmbedding bool    `json:"scale_embedding"`
	Begin          int     `json:"bos_token_id"`
	Padding        int     `json:"pad_token_id"`
	End            int     `json:"eos_token_id"`
	DecoderStart   int     `json:"decoder_start_token_id"`
	ForcedBegin    *int    `json:"forced_bos_token_id"` // the first piece that is written, or nil
	ForcedEnd      *int    `json:"forced_eos_token_id"` // the last one where the room ends, or nil
	DecoderWords   int     `json:"decoder_vocab_size"`  // 0 for Vocabulary
	NormBefore     bool    `json:"normalize_before"`
	NormAtEnd      bool    `json:"add_final_layer_norm"`
}

// activations are the functions that a config.json may name.
var activations = map[string]op.Activation{
	"gelu":     kernel.GELU,
	"gelu_new": kernel.GELUTanh,
	"relu":     kernel.ReLU,
	"swish":    kernel.SiLU,
	"silu":     kernel.SiLU,
}

// epsilon of the normalisations is PyTorch's, since config.json has none.
const epsilon = 1e-5

// readConfig reads a config.json; what it leaves out is as in BART-large.
func readConfig(text []byte) (Config, error) {
	c := Config{
		Type: "bart", Vocabulary: 50265, Width: 1024, EncoderBlocks: 12, DecoderBlocks: 12,
		EncoderHeads: 16, DecoderHeads: 16, EncoderInner: 4096, DecoderInner: 4096, Activation: "gelu",
		Dropout: 0.1, Positions: 1024, Begin: 0, Padding: 1, End: 2, DecoderStart: 2,
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return Config{}, model.BadConfig("it cannot be read: %v", err)
	}
	return c, c.check()
}

func (c Config) check() error {
	err := model.AtLeast(1, map[string]int{
		"vocab_size": c.Vocabulary, "d_model": c.Width, "max_position_embeddings": c.Positions,
		"encoder_layers": c.EncoderBlocks, "encoder_attention_heads": c.EncoderHeads, "encoder_ffn_dim": c.EncoderInner,
		"decoder_layers": c.DecoderBlocks, "decoder_attention_heads": c.DecoderHeads, "decoder_ffn_dim": c.DecoderInner,
	})
	switch {
	case err != nil:
		return err
	case c.Width%c.EncoderHeads != 0 || c.Width%c.DecoderHeads != 0:
		return model.BadConfig("%d or %d attention heads do not divide a width of %d", c.EncoderHeads, c.DecoderHeads, c.Width)
	case activations[c.Activation] == nil:
		return model.BadConfig("the activation %q is not known", c.Activation)
	case c.DecoderWords != 0 && c.DecoderWords != c.Vocabulary:
		return model.BadConfig("an encoder and a decoder with vocabularies of their own are not known")
	case c.NormBefore || c.NormAtEnd:
		return model.BadConfig("normalisation before the blocks' parts is not known")
	case min(c.Padding, c.End, c.DecoderStart) < 0 || max(c.Padding, c.End, c.DecoderStart) >= c.Vocabulary:
		return model.BadConfig("a special piece lies outside of the vocabulary of %d", c.Vocabulary)
	}
	return nil
}
