// Verifies an audit log as Go's checksum database client would: with golang.org/x/mod/sumdb and nothing of nootropic.
// Run: GO111MODULE=off GOPATH=/usr/share/gocode go run main.go DIRECTORY VKEY
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func fail(format string, arguments ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

// files reads tiles from a directory laid out as C2SP tlog-tiles, which leaves the height out of the path.
type files struct{ directory string }

func (f files) read(tile tlog.Tile) ([]byte, error) {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	return os.ReadFile(filepath.Join(f.directory, path))
}

func (f files) Height() int { return height }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		bytes, err := f.read(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

// checkpoint verifies the signed note and gives the tree that it states.
func checkpoint(directory, vkey string) tlog.Tree {
	text, err := os.ReadFile(filepath.Join(directory, "checkpoint"))
	check(err)
	verifier, err := note.NewVerifier(vkey)
	check(err)
	signed, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("expected three lines of %s, found %q", verifier.Name(), signed.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

// records hashes every record of every entry bundle.
func records(from files, size int64) []tlog.Hash {
	var hashes []tlog.Hash
	for n := int64(0); n<<height < size; n++ {
		width := size - n<<height
		if width > 1<<height {
			width = 1 << height
		}
		bundle, err := from.read(tlog.Tile{H: height, L: -1, N: n, W: int(width)})
		check(err)
		for count := int64(0); count < width; count++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				fail("expected %d records in bundle %d, found %d", width, n, count)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			hashes = append(hashes, tlog.RecordHash(bundle[2:end]))
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			fail("expected the end of bundle %d, found %d bytes more", n, len(bundle))
		}
	}
	return hashes
}

// lastTiles are the tiles of a tree, each once: some versions of NewTiles also name every width that the last ones had.
func lastTiles(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for _, tile := range tlog.NewTiles(height, 0, size) {
		if last := len(tiles) - 1; last >= 0 && tiles[last].L == tile.L && tiles[last].N == tile.N {
			tiles[last] = tile
		} else {
			tiles = append(tiles, tile)
		}
	}
	return tiles
}

func main() {
	if len(os.Args) != 3 {
		fail("expected DIRECTORY VKEY")
	}
	from := files{os.Args[1]}
	tree := checkpoint(os.Args[1], os.Args[2])
	leaves := records(from, tree.N)

	// The tree from the records alone.
	var stored []tlog.Hash
	memory := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(n), leaf, memory)
		check(err)
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(tree.N, memory)
	check(err)
	if root != tree.Hash {
		fail("expected the root %v that was signed, found %v", tree.Hash, root)
	}

	// Every full tile and the tiles that the tree ends with, against the records.
	for _, tile := range lastTiles(tree.N) {
		bytes, err := from.read(tile)
		check(err)
		expected, err := tlog.ReadTileData(tile, memory)
		check(err)
		if string(bytes) != string(expected) {
			fail("expected another tile at %s", tile.Path())
		}
	}

	// Proofs from the tiles, as a client makes them that has not read the records.
	tiles := tlog.TileHashReader(tree, from)
	for _, n := range []int64{0, 1, tree.N / 3, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, n, tiles)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaves[n]))
		older, err := tlog.TreeHash(n+1, memory)
		check(err)
		growth, err := tlog.ProveTree(tree.N, n+1, tiles)
		check(err)
		check(tlog.CheckTree(growth, tree.N, tree.Hash, n+1, older))
	}
	fmt.Println(tree.N)
}
