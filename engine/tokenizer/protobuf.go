package tokenizer

import (
	"encoding/binary"
	"errors"
	"math"
)

// field is one field of a protobuf message.
type field struct {
	number int
	value  uint64 // of a varint, or of 32 or 64 bits
	bytes  []byte // of a string, a message or bytes
}

func (f field) float() float32 { return math.Float32frombits(uint32(f.value)) }
func (f field) flag() bool     { return f.value != 0 }

var errProtobuf = errors.New("it is no protobuf message")

// fields calls each for every field of a message, in order.
//
// Source: protobuf.dev/programming-guides/encoding.
func fields(message []byte, each func(field) error) error {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 || tag>>3 == 0 || tag>>3 > math.MaxInt32 {
			return errProtobuf
		}
		message = message[n:]
		f := field{number: int(tag >> 3)}
		switch size := 0; tag & 7 {
		case 0:
			if f.value, size = binary.Uvarint(message); size <= 0 {
				return errProtobuf
			}
			message = message[size:]
		case 1:
			if len(message) < 8 {
				return errProtobuf
			}
			f.value, message = binary.LittleEndian.Uint64(message), message[8:]
		case 2:
			length, size := binary.Uvarint(message)
			if size <= 0 || length > uint64(len(message)-size) {
				return errProtobuf
			}
			f.bytes, message = message[size:size+int(length)], message[size+int(length):]
		case 5:
			if len(message) < 4 {
				return errProtobuf
			}
			f.value, message = uint64(binary.LittleEndian.Uint32(message)), message[4:]
		default:
			return errProtobuf
		}
		if err := each(f); err != nil {
			return err
		}
	}
	return nil
}
