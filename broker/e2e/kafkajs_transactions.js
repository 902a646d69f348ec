// Run by kafkajs_transactions_test.py: transactions of kafkajs's producer; prints what it saw as one JSON object.
'use strict';

const { Kafka, logLevel } = require('kafkajs');

// What is there of `topic` up to `count` records, as that isolation level sees it.
async function read(kafka, topic, readUncommitted, count) {
  const consumer = kafka.consumer({ groupId: `reader-${readUncommitted}-${count}`, readUncommitted });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const values = [];
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer.run({ eachMessage: async ({ message }) => {
      values.push(message.value.toString());
      if (values.length === count) resolve();
    } }).catch(reject);
  });
  await consumer.disconnect();
  return values;
}

async function main(address) {
  const kafka = new Kafka({ clientId: 'kafkajs', brokers: [address], logLevel: logLevel.NOTHING });
  const report = {};
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'in', numPartitions: 1 }, { topic: 'out', numPartitions: 1 }],
    waitForLeaders: true });
  const open = async () => {
    const producer = kafka.producer({ transactionalId: 'kafkajs', maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    return producer;
  };
  // It does not ask again while a broker is only just becoming the group's coordinator.
  await admin.setOffsets({ groupId: 'g', topic: 'in', partitions: [{ partition: 0, offset: '0' }] });
  const producer = await open();
  const committedOffset = async () => {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: 'g', topics: ['in'] });
    return Number(partitions[0].offset);
  };
  report.offsets = [];
  for (let i = 0; i < 12; ++i) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'out', messages: [{ value: `${i}.0` }, { value: `${i}.1` }] });
    await transaction.sendOffsets({ consumerGroupId: 'g',
      topics: [{ topic: 'in', partitions: [{ partition: 0, offset: `${i + 1}` }] }] });
    await (i % 3 === 1 ? transaction.abort() : transaction.commit());
    report.offsets.push(await committedOffset());
  }
  // A commit is answered before its markers are written. The test's patience is the limit.
  while (await committedOffset() !== 12) await new Promise((resolve) => setTimeout(resolve, 20));
  report.committed = await read(kafka, 'out', false, 16);
  report.uncommitted = await read(kafka, 'out', true, 24);

  const zombie = await producer.transaction();
  await zombie.send({ topic: 'out', messages: [{ value: 'zombie' }] });
  const successor = await open();
  const transaction = await successor.transaction();
  await transaction.send({ topic: 'out', messages: [{ value: 'successor' }] });
  await transaction.commit();
  report.refused = await zombie.commit().then(() => null, (error) => error.type);
  report.afterFencing = await read(kafka, 'out', false, 17);
  await successor.disconnect();
  await admin.disconnect();
  console.log(JSON.stringify(report));
}

main(process.argv[2]).then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
