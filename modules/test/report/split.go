package report

import "strings"

// Split parts reports that were asked for in one word: "junit:a.xml,json:b.json".
// A comma parts them where a kind that is known stands behind it, so that names of
// files may have commas.
func Split(words, kinds []string) (list []string) {
	for _, word := range words {
		begin := 0
		for i := range len(word) {
			if word[i] != ',' {
				continue
			}
			for _, kind := range kinds {
				if rest, is := strings.CutPrefix(word[i+1:], kind); is && (rest == "" || rest[0] == ':' || rest[0] == ',') {
					list = append(list, word[begin:i])
					begin = i + 1
					break
				}
			}
		}
		list = append(list, word[begin:])
	}
	return list
}
