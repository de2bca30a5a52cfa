// Key wrapping with CIRCL's tkn20: `circl N [quick]` does the work of `wrapping.rs` for N attributes and prints a row.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/cloudflare/circl/abe/cpabe/tkn20"
)

const budget = 45 * time.Second

func main() {
	// Collection of garbage between the measurements, not in them.
	debug.SetGCPercent(-1)
	n := must(strconv.Atoi(os.Args[1]))
	quick := len(os.Args) > 2
	publicKey, authority, err := tkn20.Setup(rand.Reader)
	check(err)
	values, leaves := map[string]string{}, []string{}
	for i := range n {
		name := fmt.Sprintf("attribute%d", i)
		values[name] = "true"
		leaves = append(leaves, name+": true")
	}
	var attributes tkn20.Attributes
	attributes.FromMap(values)
	var policy tkn20.Policy
	check(policy.FromString("(" + strings.Join(leaves, " and ") + ")"))
	secret := bytes.Repeat([]byte{7}, 32)

	issue, encrypt, decrypt := int64(math.MaxInt64), int64(math.MaxInt64), int64(math.MaxInt64)
	var key tkn20.AttributeKey
	var keyBytes, ciphertext []byte
	round := 0
	for begin := time.Now(); round < 1 || !quick && (round < 5 || round < 100 && time.Since(begin) < budget); round++ {
		debug.FreeOSMemory()
		least(&issue, func() {
			key = must(authority.KeyGen(rand.Reader, attributes))
			keyBytes = must(key.MarshalBinary())
		})
		least(&encrypt, func() { ciphertext = must(publicKey.Encrypt(rand.Reader, policy, secret)) })
		least(&decrypt, func() {
			if opened := must(key.Decrypt(ciphertext)); !bytes.Equal(opened, secret) {
				log.Fatal("opened to something else")
			}
		})
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"work": "wrapping", "library": "CIRCL, tkn20",
		"n": n, "rounds": round, "issue_ns": issue, "encrypt_ns": encrypt, "decrypt_ns": decrypt,
		"key_bytes": len(keyBytes), "ciphertext_bytes": len(ciphertext),
	}))
}

// The least processor time of the process, which does nothing else.
func least(best *int64, work func()) {
	start := processorTime()
	work()
	*best = min(*best, processorTime()-start)
}

func processorTime() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
