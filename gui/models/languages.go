package models

import "strings"

// Languages writes out the codes of languages, the first four of many. Those that
// it does not know are left out: the hub mixes them with other words of three letters.
func Languages(codes []string) string {
	const most = 4
	var words []string
	for _, code := range codes {
		if code == "multilingual" {
			return "about a hundred languages"
		}
		if name, ok := languages[code]; ok {
			words = append(words, name)
		}
	}
	if len(words) > most {
		return strings.Join(words[:most], ", ") + " and others"
	}
	return strings.Join(words, ", ")
}

// languages by their codes of two letters (ISO 639-1), and by those of three (ISO 639-3)
// that mBERT, NLLB and the models of Tatoeba name, in English as CLDR has them. The
// table of golang.org/x/text has them in every other language too, which is 2 MB.
var languages = map[string]string{
	"aa": "Afar", "ab": "Abkhazian", "ae": "Avestan", "af": "Afrikaans", "ak": "Akan", "am": "Amharic", "an": "Aragonese", "ar": "Arabic",
	"as": "Assamese", "av": "Avaric", "ay": "Aymara", "az": "Azerbaijani",
	"ba": "Bashkir", "be": "Belarusian", "bg": "Bulgarian", "bi": "Bislama", "bm": "Bambara", "bn": "Bangla", "bo": "Tibetan", "br": "Breton",
	"bs": "Bosnian",
	"ca": "Catalan", "ce": "Chechen", "ch": "Chamorro", "co": "Corsican", "cr": "Cree", "cs": "Czech", "cu": "Church Slavic", "cv": "Chuvash",
	"cy": "Welsh",
	"da": "Danish", "de": "German", "dv": "Divehi", "dz": "Dzongkha",
	"ee": "Ewe", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque",
	"fa": "Persian", "ff": "Fulah", "fi": "Finnish", "fj": "Fijian", "fo": "Faroese", "fr": "French", "fy": "Western Frisian",
	"ga": "Irish", "gd": "Scottish Gaelic", "gl": "Galician", "gn": "Guarani", "gu": "Gujarati", "gv": "Manx",
	"ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "ho": "Hiri Motu", "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian",
	"hy": "Armenian", "hz": "Herero",
	"ia": "Interlingua", "id": "Indonesian", "ie": "Interlingue", "ig": "Igbo", "ii": "Sichuan Yi", "ik": "Inupiaq", "io": "Ido",
	"is": "Icelandic", "it": "Italian", "iu": "Inuktitut",
	"ja": "Japanese", "jv": "Javanese",
	"ka": "Georgian", "kg": "Kongo", "ki": "Kikuyu", "kj": "Kuanyama", "kk": "Kazakh", "kl": "Kalaallisut", "km": "Khmer", "kn": "Kannada",
	"ko": "Korean", "kr": "Kanuri", "ks": "Kashmiri", "ku": "Kurdish", "kv": "Komi", "kw": "Cornish", "ky": "Kyrgyz",
	"la": "Latin", "lb": "Luxembourgish", "lg": "Ganda", "li": "Limburgish", "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian",
	"lu": "Luba-Katanga", "lv": "Latvian",
	"mg": "Malagasy", "mh": "Marshallese", "mi": "Maori", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi",
	"ms": "Malay", "mt": "Maltese", "my": "Burmese",
	"na": "Nauru", "nb": "Norwegian Bokmål", "nd": "North Ndebele", "ne": "Nepali", "ng": "Ndonga", "nl": "Dutch", "nn": "Norwegian Nynorsk",
	"no": "Norwegian", "nr": "South Ndebele", "nv": "Navajo", "ny": "Nyanja",
	"oc": "Occitan", "oj": "Ojibwa", "om": "Oromo", "or": "Odia", "os": "Ossetic",
	"pa": "Punjabi", "pi": "Pali", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
	"qu": "Quechua",
	"rm": "Romansh", "rn": "Rundi", "ro": "Romanian", "ru": "Russian", "rw": "Kinyarwanda",
	"sa": "Sanskrit", "sc": "Sardinian", "sd": "Sindhi", "se": "Northern Sami", "sg": "Sango", "sh": "Serbo-Croatian", "si": "Sinhala",
	"sk": "Slovak", "sl": "Slovenian", "sm": "Samoan", "sn": "Shona", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "ss": "Swati",
	"st": "Southern Sotho", "su": "Sundanese", "sv": "Swedish", "sw": "Swahili",
	"ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai", "ti": "Tigrinya", "tk": "Turkmen", "tl": "Tagalog", "tn": "Tswana",
	"to": "Tongan", "tr": "Turkish", "ts": "Tsonga", "tt": "Tatar", "tw": "Twi", "ty": "Tahitian",
	"ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
	"ve": "Venda", "vi": "Vietnamese", "vo": "Volapük",
	"wa": "Walloon", "wo": "Wolof",
	"xh": "Xhosa",
	"yi": "Yiddish", "yo": "Yoruba",
	"za": "Zhuang", "zh": "Chinese", "zu": "Zulu",

	"ace": "Acehnese", "acm": "Iraqi Arabic", "als": "Tosk Albanian", "ang": "Old English", "arb": "Modern Standard Arabic",
	"arn": "Mapuche", "ary": "Moroccan Arabic", "arz": "Egyptian Arabic", "ast": "Asturian", "awa": "Awadhi",
	"azb": "South Azerbaijani", "azj": "North Azerbaijani",
	"ban": "Balinese", "bcl": "Central Bikol", "bem": "Bemba", "bho": "Bhojpuri", "bpy": "Bishnupriya", "bug": "Buginese",
	"ceb": "Cebuano", "chr": "Cherokee", "ckb": "Central Kurdish", "cmn": "Mandarin Chinese", "crh": "Crimean Tatar",
	"csb": "Kashubian",
	"diq": "Zazaki", "dsb": "Lower Sorbian", "dyu": "Dyula",
	"efi": "Efik",
	"fil": "Filipino", "fon": "Fon", "frp": "Arpitan", "frr": "Northern Frisian", "fur": "Friulian",
	"gan": "Gan Chinese", "gom": "Goan Konkani", "gos": "Gronings", "got": "Gothic", "grc": "Ancient Greek", "gsw": "Swiss German",
	"hak": "Hakka Chinese", "haw": "Hawaiian", "hif": "Fiji Hindi", "hil": "Hiligaynon", "hmn": "Hmong", "hne": "Chhattisgarhi",
	"hsb": "Upper Sorbian",
	"ilo": "Iloko",
	"jbo": "Lojban",
	"kab": "Kabyle", "kac": "Jingpo", "kam": "Kamba", "kbd": "Kabardian", "kmr": "Kurmanji", "krc": "Karachay-Balkar",
	"ksh": "Colognian",
	"lad": "Ladino", "lez": "Lezgian", "lij": "Ligurian", "lld": "Ladin", "lmo": "Lombard", "lrc": "Northern Luri",
	"ltg": "Latgalian", "lua": "Luba-Lulua", "luo": "Luo", "lus": "Mizo", "luy": "Luyia", "lzh": "Literary Chinese",
	"mag": "Magahi", "mai": "Maithili", "mhr": "Eastern Mari", "min": "Minangkabau", "mni": "Manipuri", "mos": "Mossi",
	"mrj": "Western Mari", "mwl": "Mirandese", "myv": "Erzya", "mzn": "Mazanderani",
	"nah": "Nahuatl", "nan": "Min Nan Chinese", "nap": "Neapolitan", "nds": "Low German", "nov": "Novial", "nso": "Northern Sotho",
	"nus": "Nuer",
	"pag": "Pangasinan", "pam": "Pampanga", "pap": "Papiamento", "pbt": "Southern Pashto", "pcm": "Nigerian Pidgin",
	"pes": "Western Persian", "plt": "Plateau Malagasy", "pms": "Piedmontese", "pnb": "Western Punjabi", "prs": "Dari",
	"quy": "Ayacucho Quechua",
	"rue": "Rusyn", "rup": "Aromanian",
	"sah": "Yakut", "sat": "Santali", "scn": "Sicilian", "sco": "Scots", "sgs": "Samogitian", "shn": "Shan", "skr": "Saraiki",
	"sma": "Southern Sami", "smj": "Lule Sami", "stq": "Saterland Frisian", "swc": "Congo Swahili", "szl": "Silesian",
	"taq": "Tamasheq", "tcy": "Tulu", "tet": "Tetum", "tlh": "Klingon", "tpi": "Tok Pisin", "tum": "Tumbuka", "tyv": "Tuvinian",
	"tzm": "Central Atlas Tamazight",
	"udm": "Udmurt", "uig": "Uyghur", "umb": "Umbundu",
	"vec": "Venetian", "vep": "Veps", "vls": "West Flemish",
	"war": "Waray", "wuu": "Wu Chinese",
	"xal": "Kalmyk", "xmf": "Mingrelian",
	"yue": "Cantonese",
	"zea": "Zeelandic", "zsm": "Standard Malay",
}
