package main

// The catalogue of sentences, in both languages. Each area of commands keeps its
// own part in words_<area>.go and names it here.
var (
	english = catalogue(
		coreEnglish,
		captureEnglish,
		importEnglish,
		deskEnglish,
		masterEnglish,
		tokenEnglish,
		dataEnglish,
		searchEnglish,
		dryEnglish,
		matterEnglish,
		custodyEnglish,
		recallEnglish,
		unitEnglish,
		contractEnglish,
		actEnglish,
		budgetEnglish,
		registerEnglish,
		chainEnglish,
		contractToolsEnglish,
	)
	italian = catalogue(
		coreItalian,
		captureItalian,
		importItalian,
		deskItalian,
		masterItalian,
		tokenItalian,
		dataItalian,
		searchItalian,
		dryItalian,
		matterItalian,
		custodyItalian,
		recallItalian,
		unitItalian,
		contractItalian,
		actItalian,
		budgetItalian,
		registerItalian,
		chainItalian,
		contractToolsItalian,
	)
)

// catalogue joins the parts. A key that two parts have stops the program at
// its start: one of the sentences would never be said.
func catalogue(parts ...map[string]string) map[string]string {
	whole := map[string]string{}
	for _, part := range parts {
		for key, sentence := range part {
			if _, twice := whole[key]; twice {
				panic("two parts of the catalogue have the sentence " + key)
			}
			whole[key] = sentence
		}
	}
	return whole
}
