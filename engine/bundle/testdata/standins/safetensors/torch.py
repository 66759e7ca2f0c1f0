"""Stands in for safetensors.torch."""

from bert import read_safetensors as load_file
