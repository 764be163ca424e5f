package main

import (
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// maxActList bounds the list of acts: 16 MiB.
const maxActList = 16 << 20

// actColumns are the columns of a list of acts; cells of the last three of the
// first row may hold several values, divided by "|".
var actColumns = []string{
	"file", "kind", "body", "body_name", "number", "office", "date", "subject", "in_force_from", "in_force_to", "title", "token", "legal_basis", "cup", "url",
}

// actsOfList reads a CSV file of one row for each file. Rows that name the same act
// are its files, in their order; what describes the act is that of its first row.
func (e *env) actsOfList(path string, o *actOptions) ([]*actRow, error) {
	data, err := e.readInput(path, maxActList)
	if err != nil {
		return nil, err
	}
	table, err := readActList(string(data))
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	var rows []*actRow
	byID := map[string]*actRow{}
	for i, cells := range table {
		m, err := e.newAct(cells)
		if err != nil {
			return nil, usage("%s, %s: %v", path, e.t("act.row", i+2), err)
		}
		r := &actRow{msg: m}
		if r.name(); byID[r.ID] != nil {
			r = byID[r.ID]
		} else {
			m.LegalBasis, m.Cups = several(cells["legal_basis"]), several(cells["cup"])
			byID[r.ID] = r
			rows = append(rows, r)
		}
		mine := *o
		mine.token = beside(path, cells["token"])
		files, err := e.documentsOf([]string{beside(path, cells["file"])}, &mine)
		if err != nil {
			return nil, usage("%s, %s: %v", path, e.t("act.row", i+2), err)
		}
		r.add(files[0], cells["title"], several(cells["url"]))
	}
	if len(rows) == 0 {
		return nil, usage("%s: %v", path, errNoActs)
	}
	return rows, nil
}

// beside reads a path that a list gives: from the folder of the list.
func beside(list, path string) string {
	if path == "" || filepath.IsAbs(path) || list == "-" {
		return path
	}
	return filepath.Join(filepath.Dir(list), path)
}

func several(cell string) []string {
	var out []string
	for _, s := range strings.Split(cell, "|") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// readActList reads rows by the names of the first one. Cells are divided by ; or
// by a comma, whichever the first row has.
func readActList(text string) ([]map[string]string, error) {
	text = strings.TrimPrefix(text, "\uFEFF")
	head, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	if strings.Contains(head, ";") {
		r.Comma = ';'
	}
	names, err := r.Read()
	if err != nil {
		return nil, errors.Join(errNoActs, err)
	}
	seen := map[string]bool{}
	for i, n := range names {
		n = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(n), "-", "_"))
		if !slices.Contains(actColumns, n) || seen[n] {
			return nil, errors.New("there is no column \"" + n + "\", or it stands there twice; the columns are " + strings.Join(actColumns, ", "))
		}
		seen[n], names[i] = true, n
	}
	if !seen["file"] {
		return nil, errors.New("the column \"file\" is missing")
	}
	var out []map[string]string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		cells := map[string]string{}
		for i, c := range record {
			cells[names[i]] = strings.TrimSpace(c)
		}
		out = append(out, cells)
	}
}
