package gs1

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed gs1-syntax-dictionary.txt
var dictionaryText string

// Component is one part of an AI's value.
type Component struct {
	Kind     byte     // 'N' digits, 'X' character set 82, 'Y' character set 39, 'Z' base64url
	Min, Max int      // length in characters; Min 1 and Max n for a variable part
	Optional bool     // may be absent when the value has ended before it
	Checks   []string // names of the dictionary's content checks, in order
}

// AI describes one Application Identifier.
type AI struct {
	Code       string      // two to four digits
	Title      string      // data title as printed by GS1, such as "BATCH/LOT"
	Fixed      bool        // predefined length: needs no FNC1 separator after it
	Attribute  bool        // may be a query attribute of a Digital Link URI
	Key        bool        // may be the primary key of a Digital Link URI
	Qualifiers [][]string  // allowed ordered qualifiers of the key, alternatives
	Requires   [][]string  // each entry: alternatives, one of which must be present ("01+21", "31nn")
	Excludes   []string    // codes or patterns that must not be present
	Components []Component // the parts of the value
}

// dictionary is the table of all AIs by code, read once from the embedded file.
// A malformed file cannot be built: a test requires dictionaryErr to be nil.
var dictionary, dictionaryErr = parseDictionary(dictionaryText)

// LookupAI returns the description of an Application Identifier such as "10".
func LookupAI(code string) (AI, bool) {
	ai, ok := dictionary[code]
	if !ok {
		return AI{}, false
	}
	return *ai, true
}

func parseDictionary(text string) (map[string]*AI, error) {
	table := make(map[string]*AI, 600)
	for n, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if err := addLine(table, line); err != nil {
			return table, fmt.Errorf("line %d of the syntax dictionary: %w", n+1, err)
		}
	}
	return table, nil
}

// addLine reads one entry: AIs, flags, components, attributes, "# title".
func addLine(table map[string]*AI, line string) error {
	body, title, _ := strings.Cut(line, "#")
	fields := strings.Fields(body)
	if len(fields) < 2 {
		return fmt.Errorf("%s has no specification", quote(line))
	}
	entry := AI{Title: strings.TrimSpace(title)}
	codes, err := expandRange(fields[0])
	if err != nil {
		return err
	}
	for _, field := range fields[1:] {
		if err := entry.addField(field); err != nil {
			return err
		}
	}
	for _, code := range codes {
		ai := entry
		ai.Code = code
		table[code] = &ai
	}
	return nil
}

func expandRange(s string) ([]string, error) {
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		last = first
	}
	if !isDigits(first) || !isDigits(last) || len(first) != len(last) || len(first) < 2 || len(first) > 4 {
		return nil, fmt.Errorf("%s is not an AI or a range of AIs", quote(s))
	}
	var codes []string
	for n := atoi(first); n <= atoi(last); n++ {
		codes = append(codes, fmt.Sprintf("%0*d", len(first), n))
	}
	return codes, nil
}

func (ai *AI) addField(field string) error {
	name, value, _ := strings.Cut(field, "=")
	switch {
	case name == "req":
		ai.Requires = append(ai.Requires, strings.Split(value, ","))
	case name == "ex":
		ai.Excludes = append(ai.Excludes, strings.Split(value, ",")...)
	case name == "dlpkey":
		ai.Key = true
		if value != "" {
			for _, sequence := range strings.Split(value, "|") {
				ai.Qualifiers = append(ai.Qualifiers, strings.Split(sequence, ","))
			}
		}
	case strings.ContainsRune("NXYZ[", rune(field[0])):
		component, err := parseComponent(field)
		if err != nil {
			return err
		}
		ai.Components = append(ai.Components, component)
	default:
		ai.Fixed = ai.Fixed || strings.Contains(field, "*")
		ai.Attribute = ai.Attribute || strings.Contains(field, "?")
	}
	return nil
}

func parseComponent(field string) (Component, error) {
	spec, checks, hasChecks := strings.Cut(field, ",")
	c := Component{}
	if strings.HasPrefix(spec, "[") && strings.HasSuffix(spec, "]") {
		c.Optional, spec = true, spec[1:len(spec)-1]
	}
	if hasChecks {
		c.Checks = strings.Split(checks, ",")
	}
	if spec == "" {
		return c, fmt.Errorf("the component %s is empty", quote(field))
	}
	c.Kind = spec[0]
	size, variable := strings.CutPrefix(spec[1:], "..")
	if !isDigits(size) || len(size) > 3 {
		return c, fmt.Errorf("the component %s has no length", quote(field))
	}
	c.Max = atoi(size)
	c.Min = c.Max
	if variable {
		c.Min = 1
	}
	return c, nil
}

// lengths returns the shortest and longest value the AI allows.
func (ai *AI) lengths() (shortest, longest int) {
	for _, c := range ai.Components {
		longest += c.Max
		if !c.Optional {
			shortest += c.Min
		}
	}
	return shortest, longest
}

// split cuts a value into the AI's components, or says why it does not fit:
// wrong length or a character outside the component's set. Contents (check
// digits, dates, codes) are the business of runChecks.
func (ai *AI) split(value string) ([]string, error) {
	if value == "" {
		return nil, fmt.Errorf("AI (%s) %s has no value", ai.Code, ai.Title)
	}
	parts := make([]string, 0, len(ai.Components))
	rest := value
	for i := range ai.Components {
		c := &ai.Components[i]
		if rest == "" && c.Optional {
			break
		}
		if len(rest) < c.Min {
			return nil, ai.lengthError(value)
		}
		n := min(len(rest), c.Max)
		part := rest[:n]
		if err := c.checkChars(ai, value, part); err != nil {
			return nil, err
		}
		parts = append(parts, part)
		rest = rest[n:]
	}
	if rest != "" {
		return nil, ai.lengthError(value)
	}
	return parts, nil
}

func (ai *AI) lengthError(value string) error {
	shortest, longest := ai.lengths()
	if shortest == longest {
		return fmt.Errorf("AI (%s) %s: %s has %d characters, it must have %d", ai.Code, ai.Title, quote(value), len(value), longest)
	}
	return fmt.Errorf("AI (%s) %s: %s has %d characters, which its parts do not allow (%d to %d)", ai.Code, ai.Title, quote(value), len(value), shortest, longest)
}

func (c *Component) checkChars(ai *AI, value, part string) error {
	bad, set := -1, ""
	switch c.Kind {
	case 'N':
		bad, set = nonDigit(part), "digits"
	case 'X':
		bad, set = set82.outside(part), "the GS1 character set 82"
	case 'Y':
		bad, set = set39.outside(part), "the GS1 character set 39 (digits, upper case letters, # - /)"
	default:
		bad, set = badBase64URL(part), "base64url"
	}
	if bad >= 0 {
		return fmt.Errorf("AI (%s) %s: %s has %s, outside %s", ai.Code, ai.Title, quote(value), quoteChar(part, bad), set)
	}
	return nil
}
