package ledger

import "github.com/filiera-chain/filiera/module"

// Refusals about registers; 100 to 199 are theirs.
var (
	ErrRegister       = module.NewError(name, 100, "unknown_register", "no register, or no append of it, is there")
	ErrRegisterTwice  = module.NewError(name, 101, "duplicate_register", "a register has this id")
	ErrRegisterClosed = module.NewError(name, 102, "register_closed", "the register is closed")
	ErrRegisterSize   = module.NewError(name, 103, "wrong_register_size", "the register has another number of entries than the append begins at")
	ErrSubtrees       = module.NewError(name, 104, "wrong_subtrees", "the roots are not those of the entries that are added")
	ErrSorted         = module.NewError(name, 105, "wrong_sorted_root", "a register with a key has a sorted root at every append, and no other has")
)

func registerRefusals() []*module.Error {
	return []*module.Error{ErrRegister, ErrRegisterTwice, ErrRegisterClosed, ErrRegisterSize, ErrSubtrees, ErrSorted}
}
