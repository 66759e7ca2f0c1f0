package kernel

var plain = path{name: "plain", tiling: plainTiling}
