// A member of a consumer group (franz-go) that a test can kill. Every line that it prints is one JSON object: the
// partitions that it has now, what it read and committed, or why that was refused.
//
//	member ADDRESS GROUP TOPIC range|cooperative-sticky
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

type member struct {
	topic string
	lock  sync.Mutex
	owned map[int32]bool
}

func (m *member) say(what any) {
	line, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func (m *member) change(partitions map[string][]int32, has bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for _, partition := range partitions[m.topic] {
		if has {
			m.owned[partition] = true
		} else {
			delete(m.owned, partition)
		}
	}
	now := []int32{}
	for partition := range m.owned {
		now = append(now, partition)
	}
	sort.Slice(now, func(i, j int) bool { return now[i] < now[j] })
	m.say(map[string]any{"assigned": now})
}

func main() {
	address, group, topic := os.Args[1], os.Args[2], os.Args[3]
	balancer := kgo.RangeBalancer()
	if os.Args[4] == "cooperative-sticky" {
		balancer = kgo.CooperativeStickyBalancer()
	}
	m := &member{topic: topic, owned: map[int32]bool{}}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(address), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.Balancers(balancer),
		kgo.SessionTimeout(3*time.Second), kgo.HeartbeatInterval(300*time.Millisecond), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, given map[string][]int32) { m.change(given, true) }),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, taken map[string][]int32) { m.change(taken, false) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, lost map[string][]int32) { m.change(lost, false) }))
	if err != nil {
		panic(err)
	}
	for {
		wait, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		fetches := client.PollFetches(wait)
		cancel()
		read := [][3]int64{} // partition, first offset, last offset
		fetches.EachPartition(func(each kgo.FetchTopicPartition) {
			if count := len(each.Records); count > 0 {
				read = append(read, [3]int64{int64(each.Partition), each.Records[0].Offset, each.Records[count-1].Offset})
			}
		})
		if len(read) > 0 {
			if err := client.CommitUncommittedOffsets(context.Background()); err != nil {
				m.say(map[string]any{"refused": err.Error()})
			} else {
				m.say(map[string]any{"read": read})
			}
		}
		client.AllowRebalance()
	}
}
