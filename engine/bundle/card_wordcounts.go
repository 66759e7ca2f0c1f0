package bundle

// countedLines are the lines of Python that count the words of a text as engine/baseline
// does: words and pairs of words, and stretches of letters inside what stands between
// blanks, of as many letters as config.json says, known by their hashes and weighed.
const countedLines = `
buckets = {int(b): n for n, b in enumerate(weights["word_counts.buckets"].tolist())}


def mix(number, letter):
    return ((number ^ ord(letter)) * 0x100000001B3) % 2**64


def bucket(number):
    return (number ^ number >> 32) * 0x9E3779B97F4A7C15 % 2**64 >> 42


def grams(text):
    text = text.encode()[:50000].decode(errors="replace").lower()
    words, stretches, before = [], [], 0
    for word in "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split():
        number = 0xCBF29CE484222325
        for letter in word:
            number = mix(number, letter)
        words.append(bucket(number))
        if before:
            words.append(bucket(mix(before, " ") * 0x100000001B3 % 2**64 ^ number))
        before = number
    for word in text.split():
        word = " " + word + " "
        for start in range(len(word)):
            number = 0x9E3779B97F4A7C15
            for n, letter in enumerate(word[start:start + body.config.word_counts_longest]):
                number = mix(number, letter)
                if n > 0:
                    stretches.append(bucket(number))
    return words, stretches


def counted(text):
    logits = weights["word_counts.bias"].clone()
    for block in grams(text):
        times = Counter(buckets[b] for b in block if b in buckets)
        values = {n: (1 + math.log(t)) * float(weights["word_counts.idf"][n]) for n, t in times.items()}
        length = math.sqrt(sum(v * v for v in values.values()))
        for n, value in values.items():
            logits += value / length * weights["word_counts.weight"][n]
    return logits
`
