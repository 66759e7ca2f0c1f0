package format_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"attune/engine/format"
)

// encoded writes a text in an encoding; what it lacks becomes a question mark.
func encoded(t *testing.T, text, name string) []byte {
	t.Helper()
	e, err := htmlindex.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, r := range text {
		one, err := encoding.ReplaceUnsupported(e.NewEncoder()).String(string(r))
		if err != nil {
			t.Fatal(err)
		}
		if one == "\x1a" {
			one = "?"
		}
		b.WriteString(one)
	}
	return b.Bytes()
}

func TestLegacyEncodings(t *testing.T) {
	for _, test := range []struct{ name, text, as, want string }{
		{"Korean", "배송이 너무 늦어서 실망했습니다\n정말 감사합니다 좋은 제품이에요\n환불을 받고 싶습니다\n", "euc-kr", "euc-kr"},
		{"Korean among English", "text,label\n배송이 너무 늦어요,delivery\n감사합니다,praise\n환불해 주세요,refund\n", "euc-kr", "euc-kr"},
		{"Japanese", "配送がとても遅かったです\nありがとうございました\n返金をお願いします\n", "shift_jis", "shift_jis"},
		{"Japanese of Unix", "配送がとても遅かったです\nありがとうございました\n返金をお願いします\n", "euc-jp", "euc-jp"},
		{"Chinese", "我的包裹还没有到\n非常感谢你们的帮助\n请给我退款\n", "gbk", "gbk"},
		{"traditional Chinese", "我的包裹還沒有到\n非常感謝你們的幫助\n請給我退款謝謝\n", "big5", "big5"},
		{"Russian", "Где моя посылка?\nСпасибо большое за помощь\nВерните мои деньги\n", "windows-1251", "windows-1251"},
		{"Russian of Unix", "Где моя посылка?\nСпасибо большое за помощь\nВерните мои деньги\n", "koi8-r", "koi8-r"},
		{"Russian of DOS", "Где моя посылка?\nСпасибо большое за помощь\nВерните мои деньги\n", "ibm866", "ibm866"},
		{"Ukrainian", "Де моя посилка?\nДякую вам за допомогу\nПоверніть мої гроші, будь ласка\n", "windows-1251", "windows-1251"},
		{"Bulgarian", "Къде е моята пратка?\nБлагодаря много за помощта\nВърнете ми парите\n", "windows-1251", "windows-1251"},
		{"Greek", "Πού είναι το δέμα μου;\nΕυχαριστώ πολύ για τη βοήθεια\nΘέλω πίσω τα χρήματά μου\n", "windows-1253", "windows-1253"},
		{"Hebrew", "איפה החבילה שלי\nתודה רבה על העזרה\nאני רוצה החזר כספי\n", "windows-1255", "windows-1255"},
		{"Arabic", "أين الطرد الخاص بي\nشكرا جزيلا على المساعدة\nأريد استرداد أموالي\n", "windows-1256", "windows-1256"},
		{"French", "Où est mon colis ? Très déçu, ça a été long\nMerci à tous, très bon été\n", "windows-1252", "windows-1252"},
		{"German", "Über müde Füße ärgern sich häufig böse Bären\nSchöne Grüße\n", "windows-1252", "windows-1252"},
		{"German in capitals", "GRÖSSE ÄÖÜ ÜBERPRÜFEN ÖÄ\nÄRGER ÜBER MÜSLI\n", "windows-1252", "windows-1252"},
		{"Spanish", "¿Dónde está mi paquete? ¡Qué decepción!\nÑandú, año, señor, corazón\n", "windows-1252", "windows-1252"},
		{"too little to tell", "text,label\nПаро,x\n", "windows-1251", "windows-1252"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := memoryFile("a.txt", encoded(t, test.text, test.as))
			l := layoutOf(t, format.Text, f)
			if l.Encoding != test.want {
				t.Errorf("taken for %s, want %s", l.Encoding, test.want)
			}
		})
	}
}

// TestLegacyPassages encodes the same Wikipedia passages in several languages.
func TestLegacyPassages(t *testing.T) {
	for _, test := range []struct{ language, as, want string }{
		{"zh", "gbk", "gbk"}, {"ru", "windows-1251", "windows-1251"}, {"ru", "koi8-r", "koi8-r"}, {"ru", "ibm866", "ibm866"},
		{"el", "windows-1253", "windows-1253"}, {"ar", "windows-1256", "windows-1256"}, {"th", "windows-874", "windows-874"},
		{"de", "windows-1252", "windows-1252"}, {"es", "windows-1252", "windows-1252"}, {"vi", "windows-1252", "windows-1252"}, {"tr", "windows-1254", "windows-1252"}, {"ro", "iso-8859-2", "windows-1252"},
	} {
		t.Run(test.language+" in "+test.as, func(t *testing.T) {
			var all struct {
				Data []struct{ Paragraphs []struct{ Context string } }
			}
			data, err := os.ReadFile(filepath.Join(sharedFolder(t, "xquad"), "xquad."+test.language+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(data, &all); err != nil {
				t.Fatal(err)
			}
			wrong, passages := 0, 0
			var whole strings.Builder
			for _, article := range all.Data {
				for _, p := range article.Paragraphs {
					whole.WriteString(p.Context + "\n")
					f := memoryFile("a.txt", encoded(t, p.Context+"\n", test.as))
					if passages++; layoutOf(t, format.Text, f).Encoding != test.want {
						wrong++
					}
				}
			}
			f := memoryFile("a.txt", encoded(t, whole.String(), test.as))
			if got := layoutOf(t, format.Text, f).Encoding; got != test.want {
				t.Errorf("all passages together are taken for %s", got)
			}
			t.Logf("%d of %d single passages are taken for something else", wrong, passages)
			if 20*wrong > passages {
				t.Errorf("more than 5 %% are")
			}
		})
	}
	data, err := os.ReadFile(filepath.Join(sharedFolder(t, "thucnews10_zh"), "dev.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if got := layoutOf(t, format.CSV, memoryFile("dev.txt", encoded(t, string(data), "gbk"))); got.Encoding != "gbk" || got.Rows != 10000 {
		t.Errorf("10,000 headlines are taken for %d in %s", got.Rows, got.Encoding)
	}
}
