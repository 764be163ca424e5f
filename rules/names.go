package rules

import "sort"

// sortedNames lists the names of a map in order.
func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	//filiera:unordered the names are sorted below
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func objectNames() []string { return sortedNames(objects) }
