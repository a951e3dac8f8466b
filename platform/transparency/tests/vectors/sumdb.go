// The other implementation: golang.org/x/mod/sumdb/tlog and /note, the code behind Go's checksum database.
//
//	gen   prints test vectors: roots, proofs, a tile and a signed note over the leaves "leaf 0", "leaf 1", …
//	check reads proofs and a note that ours has made and checks them
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index int64       `json:"index"`
	Size  int64       `json:"size"`
	Path  []tlog.Hash `json:"path"`
}

type consistency struct {
	Old  int64       `json:"old"`
	New  int64       `json:"new"`
	Path []tlog.Hash `json:"path"`
}

type vectors struct {
	Provenance  string        `json:"provenance"`
	Roots       []tlog.Hash   `json:"roots"`
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
	Tile        []tlog.Hash   `json:"tile"`
	SigningKey  string        `json:"signing_key"`
	VerifyKey   string        `json:"verifying_key"`
	Text        string        `json:"text"`
	Note        string        `json:"note"`
}

type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = s[index]
	}
	return found, nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func grown(size int64) (stored, []tlog.Hash) {
	var hashes stored
	var roots []tlog.Hash
	for n := int64(0); n < size; n++ {
		more, err := tlog.StoredHashes(n, []byte(fmt.Sprintf("leaf %d", n)), hashes)
		must(err)
		hashes = append(hashes, more...)
		root, err := tlog.TreeHash(n+1, hashes)
		must(err)
		roots = append(roots, root)
	}
	return hashes, roots
}

func generate() {
	const size = 600
	hashes, roots := grown(size)
	v := vectors{Provenance: "golang.org/x/mod v0.7.0, sumdb/tlog and sumdb/note; printed by sumdb.go"}
	v.Roots = append(append(v.Roots, roots[:70]...), roots[254:260]...)
	v.Roots = append(v.Roots, roots[511:514]...)
	for _, pair := range [][2]int64{{0, 1}, {0, 2}, {1, 2}, {2, 3}, {0, 7}, {6, 7}, {5, 8}, {63, 65}, {64, 65}, {0, 256}, {255, 257}, {256, 257}, {300, 600}, {511, 512}, {512, 513}, {599, 600}} {
		path, err := tlog.ProveRecord(pair[1], pair[0], hashes)
		must(err)
		v.Inclusion = append(v.Inclusion, inclusion{pair[0], pair[1], path})
	}
	for _, pair := range [][2]int64{{1, 1}, {1, 2}, {2, 3}, {3, 7}, {4, 7}, {6, 8}, {7, 8}, {64, 65}, {65, 70}, {255, 256}, {256, 257}, {257, 600}, {512, 600}, {599, 600}} {
		path, err := tlog.ProveTree(pair[1], pair[0], hashes)
		must(err)
		v.Consistency = append(v.Consistency, consistency{pair[0], pair[1], path})
	}
	data, err := tlog.ReadTileData(tlog.Tile{H: 8, L: 1, N: 0, W: 2}, hashes)
	must(err)
	for len(data) > 0 {
		var hash tlog.Hash
		copy(hash[:], data)
		v.Tile = append(v.Tile, hash)
		data = data[tlog.HashSize:]
	}
	seed := make([]byte, 32)
	for i := range seed {
		seed[i] = byte(i)
	}
	v.SigningKey, v.VerifyKey, err = note.GenerateKey(bytes.NewReader(seed), "example.com/register")
	must(err)
	signer, err := note.NewSigner(v.SigningKey)
	must(err)
	v.Text = fmt.Sprintf("example.com/register\n%d\n%s\n", size, roots[size-1])
	signed, err := note.Sign(&note.Note{Text: v.Text}, signer)
	must(err)
	v.Note = string(signed)
	out, err := json.MarshalIndent(v, "", " ")
	must(err)
	fmt.Println(string(out))
}

func check() {
	var v vectors
	must(json.NewDecoder(os.Stdin).Decode(&v))
	_, roots := grown(600)
	for _, p := range v.Inclusion {
		leaf := tlog.RecordHash([]byte(fmt.Sprintf("leaf %d", p.Index)))
		must(tlog.CheckRecord(p.Path, p.Size, roots[p.Size-1], p.Index, leaf))
	}
	for _, p := range v.Consistency {
		must(tlog.CheckTree(p.Path, p.New, roots[p.New-1], p.Old, roots[p.Old-1]))
	}
	verifier, err := note.NewVerifier(v.VerifyKey)
	must(err)
	opened, err := note.Open([]byte(v.Note), note.VerifierList(verifier))
	must(err)
	fmt.Printf("%d %d %q\n", len(v.Inclusion), len(v.Consistency), opened.Text)
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "check" {
		check()
	} else {
		generate()
	}
}
