package sheet

import (
	"bytes"
	"strings"
	"testing"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
)

const good = `kind;amount;act;line;to_line;date;set
stanziamento;18.000.000,00;regione-marche:dgr:203:2023;pr;;22/02/2023;a
riparto;18000000.00;regione-marche:dgr:203:2023;pr;1.2.2;2023-02-22;a
;;;;;;
trasferimento;"1,550,000.00";regione-marche:dgr:248:2024;1.2.2.1;1.2.2.2;2024-02-26;
`

func TestMovementsAreRead(t *testing.T) {
	list, err := Movements("\uFEFF" + good)
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	last := list[2]
	if last.Row != 5 || last.Set != "" || last.New.GetKind() != budget.Trasferimento || last.New.GetCents() != 155000000 || last.New.GetToLine() != "1.2.2.2" || last.New.GetDate() != "2024-02-26" {
		t.Errorf("%+v", last)
	}
	if list[0].New.GetDate() != "2023-02-22" || list[0].New.GetCents() != 1800000000 || list[0].Set != "a" {
		t.Errorf("%+v", list[0])
	}
}

func TestSheetsThatAreRefused(t *testing.T) {
	const head = "kind,amount,act,line\n"
	for text, want := range map[string]string{
		"": "is empty", "kind,amount\n": "row 1, column act: is missing", "kind,kind,amount,act\n": "stands there twice", "kind,amount,act,colour\n": "row 1, column colour: is not known",
		head + "riparto,1.000,a,b\n": "row 2, column amount: I8: the amount \"1.000\" may be thousands or parts of a cent", head + "riparto,12.345.6,a,b\n": "two decimals",
		head + "riparto,-5.00,a,b\n": "holds '-'", head + "riparto,0.00,a,b\n": "is not above 0", head + "riparto,1e6,a,b\n": "holds 'e'",
		head + "riparto,5.00,a,b\nTotale,5.00,,\n": "row 3, column kind: the row is a total", head + "scadenza,5.00,a,b\n": "no kind of movement",
		head + "riparto,5.00\n": "wrong number of fields", "kind,amount,act,date\nriparto,5.00,a,30/02/2024\n": "no day",
		"kind,amount,act,set\nriparto,1.00,a,x\nriparto,1.00,a,y\nriparto,1.00,a,x\n": "stand apart", "kind,amount,act\n\xff": "not UTF-8",
	} {
		if _, err := Movements(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
	if _, err := Lines("id,level,title,act\na,call,A,x\na,call,A,x\n"); err == nil || !strings.Contains(err.Error(), "row 3, column id: a stands there twice") {
		t.Errorf("a line twice: %v", err)
	}
}

func TestReconcile(t *testing.T) {
	entries, err := Accounts("ref;amount;kind;line;date\n2024/1;45.000,00;impegno;g-1;2024-03-01\n2024/2;44.999,99;impegno;;\n2024/3;1,00;;;\n")
	if err != nil {
		t.Fatal(err)
	}
	leg := []*ledgerv1.BudgetLeg{{FromLine: "bando", ToLine: "g-1"}}
	out := Reconcile(entries, []*ledgerv1.Movement{
		{Number: 9, Ref: "2024/9", Cents: 7}, {Number: 1, Ref: "2024/1", Cents: 4500000, Kind: budget.Impegno, Date: "2024-03-01", Legs: leg}, {Number: 2, Ref: "2024/2", Cents: 4500000, Kind: budget.Impegno}, {Number: 3},
	})
	for i, want := range []string{Same, Differs, NotOnChain, NotInFile} {
		if out[i].Outcome != want {
			t.Errorf("%d: %+v; want %s", i, out[i], want)
		}
	}
	if len(out) != 4 || out[1].Why[0] != "amount: 44999.99 / 45000.00 (-0.01)" {
		t.Errorf("%+v", out)
	}
	if _, err := Accounts("ref;amount\nTotale generale;45.000,00\n"); err == nil || !strings.Contains(err.Error(), "the row is a total") {
		t.Errorf("a stray total: %v", err)
	}
}

func TestFormulasAreHarmless(t *testing.T) {
	var b bytes.Buffer
	if err := Table(&b, [][]string{{"=1+1", "-5.00", "@x", "a"}}); err != nil || b.String() != "'=1+1,-5.00,'@x,a\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func FuzzMovements(f *testing.F) {
	f.Add(good)
	f.Add("kind,amount,act\nrevoca,,a\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Movements(text)
		if err != nil {
			return
		}
		for _, m := range list {
			if m.New.GetCents() < 0 || m.New.GetCents() > budget.MaxCents {
				t.Errorf("%d cents", m.New.GetCents())
			}
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add("id,level,title,act,reserve\nbando,call,Bando,x,1000000.00\n")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = Lines(text) })
}

func FuzzAccounts(f *testing.F) {
	f.Add("ref;amount\n1;5,00\n")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = Accounts(text) })
}
