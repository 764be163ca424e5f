package gs1

import (
	"fmt"
	"strings"
)

// CheckAssociations checks which AIs stand together: pairs that exclude each
// other, AIs that need another one, and serialised keys under a digital
// signature. All carriers on one item count together, so a scan of a single
// symbol may lack an AI that stands beside it.
// Source: GS1 General Specifications, sections 4.13 and 4.14.
func (e Elements) CheckAssociations() error {
	for _, rule := range [...]func(Elements) error{checkRepeats, checkExclusions, checkRequisites, checkSignatureKeys} {
		if err := rule(e); err != nil {
			return err
		}
	}
	return nil
}

func checkRepeats(e Elements) error {
	for i, element := range e {
		for _, later := range e[i+1:] {
			if later.AI == element.AI && later.Value != element.Value {
				return fmt.Errorf("AI (%s) is given twice, as %s and as %s", element.AI, quote(element.Value), quote(later.Value))
			}
		}
	}
	return nil
}

func checkExclusions(e Elements) error {
	for _, element := range e {
		ai, ok := dictionary[element.AI]
		if !ok {
			continue
		}
		for _, pattern := range ai.Excludes {
			for _, other := range e {
				if other.AI != element.AI && matchesAI(pattern, other.AI) {
					return fmt.Errorf("AI (%s) %s cannot stand beside AI (%s)", element.AI, ai.Title, other.AI)
				}
			}
		}
	}
	return nil
}

func checkRequisites(e Elements) error {
	for _, element := range e {
		ai, ok := dictionary[element.AI]
		if !ok {
			continue
		}
		for _, alternatives := range ai.Requires {
			if !anySatisfied(e, alternatives) {
				return fmt.Errorf("AI (%s) %s needs one of: %s", element.AI, ai.Title, strings.Join(alternatives, ", "))
			}
		}
	}
	return nil
}

func anySatisfied(e Elements, alternatives []string) bool {
	for _, group := range alternatives {
		all := true
		for _, pattern := range strings.Split(group, "+") {
			all = all && hasAI(e, pattern)
		}
		if all {
			return true
		}
	}
	return false
}

func hasAI(e Elements, pattern string) bool {
	for _, element := range e {
		if matchesAI(pattern, element.AI) {
			return true
		}
	}
	return false
}

// matchesAI compares a code with a pattern in which "n" stands for a digit.
func matchesAI(pattern, code string) bool {
	if len(pattern) != len(code) {
		return false
	}
	for i := 0; i < len(code); i++ {
		if pattern[i] != 'n' && pattern[i] != code[i] {
			return false
		}
	}
	return true
}

// checkSignatureKeys: a digital signature (8030) signs one item, so a document,
// coupon or asset key beside it must carry its serial part.
func checkSignatureKeys(e Elements) error {
	if _, signed := e.Get("8030"); !signed {
		return nil
	}
	for _, key := range [...]struct {
		ai    string
		class int // length of the part that names only the class
	}{{"253", 13}, {"255", 13}, {"8003", 14}} {
		if v, ok := e.Get(key.ai); ok && len(v) <= key.class {
			return fmt.Errorf("AI (8030) signs one item, but AI (%s) %s has no serial part", key.ai, quote(v))
		}
	}
	return nil
}
