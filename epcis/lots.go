package epcis

import (
	"strings"

	"github.com/filiera-chain/filiera/gs1"
)

// Role is how an event uses a lot.
type Role string

// The roles, by the field in which the lot stands.
const (
	RoleObject Role = "object" // epcList, quantityList
	RoleInput  Role = "input"  // inputEPCList, inputQuantityList
	RoleOutput Role = "output" // outputEPCList, outputQuantityList
	RoleChild  Role = "child"  // childEPCs, childQuantityList
	RoleParent Role = "parent" // parentID
)

// LotUse is a lot of a trade item named by an event.
type LotUse struct {
	Role      Role
	GTIN, Lot string // canonical, see gs1.ClassOf
	Serial    string // for one serialised item of the lot, else ""
	Amount    string // plain decimal, "" when not stated
	UOM       string // UN/ECE unit, "" for a count of pieces or when not stated
}

// lotFields are the places of lots in an event, in the order of Event.Lots.
var lotFields = [...]struct {
	name string
	role Role
}{
	{"epcList", RoleObject},
	{"quantityList", RoleObject},
	{"inputEPCList", RoleInput},
	{"inputQuantityList", RoleInput},
	{"outputEPCList", RoleOutput},
	{"outputQuantityList", RoleOutput},
	{"parentID", RoleParent},
	{"childEPCs", RoleChild},
	{"childQuantityList", RoleChild},
}

func lotUses(v *Value) (out []LotUse) {
	for _, f := range lotFields {
		list := v.Get(f.name)
		if list != nil && list.Kind == String {
			list = &Value{Kind: Array, Items: []Value{*list}}
		}
		for i := range list.items() {
			if use, ok := lotUse(f.role, &list.Items[i]); ok {
				out = append(out, use)
			}
		}
	}
	return out
}

// lotUse reads an identifier or a quantity element.
func lotUse(role Role, v *Value) (LotUse, bool) {
	use := LotUse{Role: role}
	id := v.text()
	if v.Kind == Object {
		id, use.UOM = v.Get("epcClass").text(), v.Get("uom").text()
		if amount := v.Get("quantity"); amount != nil {
			use.Amount = amount.Text
		}
	}
	epc, err := gs1.ParseEPC(strings.TrimSpace(id))
	if err != nil || epc.Key != "01" || epc.Lot == "" {
		return use, false
	}
	use.GTIN, use.Lot, use.Serial = epc.GTIN, epc.Lot, epc.Serial
	return use, true
}
