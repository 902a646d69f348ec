// Consume, transform, produce, exactly once (franz-go's GroupTransactSession), as a program that a test can kill: each
// record of the input becomes one of the output, in one transaction with the offset that comes after it. Every line
// that it prints is one JSON object: {"committed": records of the transaction}, or {"aborted": why}. It ends with code
// 3 when it cannot go on.
//
//	transform ADDRESS INPUT OUTPUT GROUP TRANSACTIONAL_ID
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const transactionRecords = 500

func say(what any) {
	line, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func main() {
	address, source, target, group, id := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(address), kgo.TransactionalID(id), kgo.TransactionTimeout(10*time.Second),
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(source), kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.RequireStableFetchOffsets(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.SessionTimeout(3*time.Second), kgo.HeartbeatInterval(300*time.Millisecond))
	if err != nil {
		panic(err)
	}
	background := context.Background()
	for {
		wait, cancel := context.WithTimeout(background, 500*time.Millisecond)
		fetches := session.PollRecords(wait, transactionRecords)
		cancel()
		if fetches.NumRecords() == 0 {
			continue
		}
		if err := session.Begin(); err != nil {
			say(map[string]any{"aborted": err.Error()})
			os.Exit(3)
		}
		var failed kgo.FirstErrPromise
		fetches.EachRecord(func(read *kgo.Record) {
			value := "<" + string(read.Value) + ">"
			session.Produce(background, &kgo.Record{Topic: target, Partition: read.Partition, Value: []byte(value)},
				failed.Promise())
		})
		refused := failed.Err()
		committed, err := session.End(background, kgo.TransactionEndTry(refused == nil))
		if err != nil {
			say(map[string]any{"aborted": err.Error()})
			os.Exit(3)
		}
		if committed {
			say(map[string]any{"committed": fetches.NumRecords()})
		} else {
			say(map[string]any{"aborted": fmt.Sprint(refused)})
		}
	}
}
