package main

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// stageText is a stage of a specification as people write it.
type stageText struct {
	ID     string      `json:"id"`
	NameIT string      `json:"name_it"`
	NameEN string      `json:"name_en"`
	Origin *originText `json:"origin"`
	Yields []yieldText `json:"yields"`
}

// originText bounds a harvest: "140 q" from each hectare, with a tolerance in
// thousandths, or so much from each animal.
type originText struct {
	PerHectare        string `json:"per_hectare"`
	TolerancePermille uint32 `json:"tolerance_permille"`
	PerHead           string `json:"per_head"`
}

// yieldText bounds what is made: at most output for each input.
type yieldText struct {
	From    string `json:"from"`
	Outside bool   `json:"outside"`
	Output  string `json:"output"`
	Input   string `json:"input"`
}

func stagesOf(path string, list []stageText) ([]*productv1.Stage, error) {
	var out []*productv1.Stage
	for _, s := range list {
		stage := &productv1.Stage{Id: s.ID, NameIt: s.NameIT, NameEn: s.NameEN}
		read := func(field, text string) (*basev1.Quantity, error) {
			if text == "" {
				return nil, nil
			}
			q, err := writtenSmall(text)
			if err != nil {
				return nil, usage("%s: stage %s: %s: %v", path, s.ID, field, err)
			}
			return q, nil
		}
		if o := s.Origin; o != nil {
			hectare, err := read("origin.per_hectare", o.PerHectare)
			if err != nil {
				return nil, err
			}
			head, err := read("origin.per_head", o.PerHead)
			if err != nil {
				return nil, err
			}
			stage.Origin = &productv1.Origin{PerHectare: hectare, TolerancePermille: o.TolerancePermille, PerHead: head}
		}
		for _, y := range s.Yields {
			output, err := read("yields.output", y.Output)
			if err != nil {
				return nil, err
			}
			input, err := read("yields.input", y.Input)
			if err != nil {
				return nil, err
			}
			stage.Yields = append(stage.Yields, &productv1.Yield{From: y.From, Outside: y.Outside, Output: output, Input: input})
		}
		out = append(out, stage)
	}
	return out, nil
}
