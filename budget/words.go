package budget

import (
	"fmt"
	"strings"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// Short names of the accounts.
const (
	Available      = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_AVAILABLE
	Reserved       = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_RESERVED
	Committed      = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_COMMITTED
	Liquidated     = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_LIQUIDATED
	Paid           = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_PAID
	ToRecover      = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_TO_RECOVER
	Savings        = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_SAVINGS
	Interest       = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_INTEREST
	Funding        = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_FUNDING
	InterestSource = ledgerv1.BudgetAccount_BUDGET_ACCOUNT_INTEREST_SOURCE
)

// Numbers of accounts: of a line, and of those that add up over a subtree.
const (
	OwnAccounts     = 10
	SubtreeAccounts = 8
)

// Short names of the kinds of movement.
const (
	Stanziamento   = ledgerv1.MovementKind_MOVEMENT_KIND_STANZIAMENTO
	Riparto        = ledgerv1.MovementKind_MOVEMENT_KIND_RIPARTO
	Riduzione      = ledgerv1.MovementKind_MOVEMENT_KIND_RIDUZIONE
	Trasferimento  = ledgerv1.MovementKind_MOVEMENT_KIND_TRASFERIMENTO
	Prenotazione   = ledgerv1.MovementKind_MOVEMENT_KIND_PRENOTAZIONE
	Annullamento   = ledgerv1.MovementKind_MOVEMENT_KIND_ANNULLAMENTO
	Scadenza       = ledgerv1.MovementKind_MOVEMENT_KIND_SCADENZA
	Impegno        = ledgerv1.MovementKind_MOVEMENT_KIND_IMPEGNO
	Disimpegno     = ledgerv1.MovementKind_MOVEMENT_KIND_DISIMPEGNO
	Liquidazione   = ledgerv1.MovementKind_MOVEMENT_KIND_LIQUIDAZIONE
	Pagamento      = ledgerv1.MovementKind_MOVEMENT_KIND_PAGAMENTO
	Economia       = ledgerv1.MovementKind_MOVEMENT_KIND_ECONOMIA
	Revoca         = ledgerv1.MovementKind_MOVEMENT_KIND_REVOCA
	Recupero       = ledgerv1.MovementKind_MOVEMENT_KIND_RECUPERO
	Riassegnazione = ledgerv1.MovementKind_MOVEMENT_KIND_RIASSEGNAZIONE
	Rettifica      = ledgerv1.MovementKind_MOVEMENT_KIND_RETTIFICA
)

// KindWord is the plain word of a kind of movement, such as impegno.
func KindWord(k ledgerv1.MovementKind) string {
	return strings.ToLower(strings.TrimPrefix(k.String(), "MOVEMENT_KIND_"))
}

// AccountWord is the plain word of an account, such as to_recover.
func AccountWord(a ledgerv1.BudgetAccount) string {
	return strings.ToLower(strings.TrimPrefix(a.String(), "BUDGET_ACCOUNT_"))
}

// LevelWord is the plain word of a level, such as intervention.
func LevelWord(l ledgerv1.BudgetLevel) string {
	return strings.ToLower(strings.TrimPrefix(l.String(), "BUDGET_LEVEL_"))
}

// ParseKind reads the word of a kind of movement that somebody may ask for.
func ParseKind(s string) (ledgerv1.MovementKind, error) {
	n, ok := ledgerv1.MovementKind_value["MOVEMENT_KIND_"+strings.ToUpper(strings.TrimSpace(s))]
	if k := ledgerv1.MovementKind(n); ok && k != 0 && k != Scadenza {
		return k, nil
	}
	return 0, fmt.Errorf("there is no kind of movement %q; write one of %s", clip(s), strings.Join(KindWords(), ", "))
}

// KindWords lists the words of the kinds that somebody may ask for.
func KindWords() []string {
	var out []string
	for k := Stanziamento; k <= Rettifica; k++ {
		if k != Scadenza {
			out = append(out, KindWord(k))
		}
	}
	return out
}

// ParseLevel reads the word of a level.
func ParseLevel(s string) (ledgerv1.BudgetLevel, error) {
	n, ok := ledgerv1.BudgetLevel_value["BUDGET_LEVEL_"+strings.ToUpper(strings.TrimSpace(s))]
	if !ok || n == 0 {
		return 0, fmt.Errorf("there is no level %q; write one of programme, action, intervention, project, call, grant", clip(s))
	}
	return ledgerv1.BudgetLevel(n), nil
}
