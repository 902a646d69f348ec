// Run by kafkajs_test.py: uses kafkajs's admin client and producer and prints what it saw as one JSON object.
'use strict';

const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, logLevel } = require('kafkajs');
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy');

async function main(address) {
  const kafka = new Kafka({ clientId: 'kafkajs', brokers: [address], logLevel: logLevel.ERROR, retry: { retries: 3 } });
  const report = {};
  const admin = kafka.admin();
  await admin.connect();

  await admin.createTopics({ topics: [{ topic: 'kafkajs', numPartitions: 3,
    configEntries: [{ name: 'retention.ms', value: '777000' }] }], waitForLeaders: true });
  const partitionsOf = async (topic) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0].partitions.map((partition) => partition.partitionId).sort();
  };
  report.partitions = await partitionsOf('kafkajs');
  await admin.createPartitions({ topicPartitions: [{ topic: 'kafkajs', count: 4 }] });
  report.partitionsAfterGrowth = await partitionsOf('kafkajs');
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: 'kafkajs', configNames: ['retention.ms'] }] });
  report.retention = resources[0].configEntries.find((entry) => entry.configName === 'retention.ms').configValue;
  await admin.deleteTopics({ topics: ['kafkajs'] });
  report.deleted = !(await admin.listTopics()).includes('kafkajs');

  const producer = kafka.producer();
  await producer.connect();
  const codecs = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy };
  report.endOffsets = {};
  for (const [name, compression] of Object.entries(codecs)) {
    const topic = `kafkajs-${name}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    const messages = Array.from({ length: 100 }, (_, i) => ({ key: `k${i}`, value: `v${i}`, headers: { n: `${i}` } }));
    await producer.send({ topic, compression, messages });
    report.endOffsets[name] = (await admin.fetchTopicOffsets(topic))[0].high;
  }

  await admin.createTopics({ topics: [{ topic: 'kafkajs-acks', numPartitions: 1 }], waitForLeaders: true });
  report.acks = {};
  for (const acks of [0, 1, -1]) {
    const answers = await producer.send({ topic: 'kafkajs-acks', acks, messages: [{ value: `acks ${acks}` }] });
    report.acks[acks] = answers.length ? [answers[0].errorCode, answers[0].partition] : [];
  }
  await producer.disconnect();

  const idempotent = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await idempotent.connect();
  await admin.createTopics({ topics: [{ topic: 'kafkajs-idempotent', numPartitions: 1 }], waitForLeaders: true });
  for (let i = 0; i < 50; ++i) {
    await idempotent.send({ topic: 'kafkajs-idempotent', messages: [{ value: `${i}` }] });
  }
  await idempotent.disconnect();
  report.idempotentEnd = (await admin.fetchTopicOffsets('kafkajs-idempotent'))[0].high;
  await admin.deleteTopicRecords({ topic: 'kafkajs-idempotent', partitions: [{ partition: 0, offset: '40' }] });
  report.lowAfterDeleteRecords = (await admin.fetchTopicOffsets('kafkajs-idempotent'))[0].low;

  const consumer = kafka.consumer({ groupId: 'kafkajs-group', sessionTimeout: 10000, heartbeatInterval: 300 });
  await consumer.connect();
  await consumer.subscribe({ topics: ['kafkajs-none'], fromBeginning: true });
  const consumed = [];
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer.run({ eachMessage: async ({ message }) => {
      consumed.push(message.value.toString());
      if (consumed.length === 100) resolve();
    } }).catch(reject);
  });
  report.consumed = consumed.sort();
  report.groupState = (await admin.describeGroups(['kafkajs-group'])).groups[0].state;
  await consumer.disconnect();  // which commits
  const [{ partitions }] = await admin.fetchOffsets({ groupId: 'kafkajs-group', topics: ['kafkajs-none'] });
  report.groupOffset = partitions[0].offset;
  await admin.deleteGroups(['kafkajs-group']);
  report.groupsAtTheEnd = (await admin.listGroups()).groups;

  await admin.disconnect();
  console.log(JSON.stringify(report));
}

main(process.argv[2]).then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
