// From a bucket to a prediction and back by AWS's SDK for JavaScript; prints what it was answered, as JSON.
//
// node flow.mjs <requests, as JSON>

import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import * as sm from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";

const requests = JSON.parse(process.argv[2]);
const config = { endpoint: process.env.AWS_ENDPOINT_URL, region: process.env.AWS_REGION };
const s3 = new S3Client({ ...config, forcePathStyle: true });
const sagemaker = new sm.SageMakerClient(config);
const runtime = new SageMakerRuntimeClient(config);
const logs = new CloudWatchLogsClient(config);
const often = { maxWaitTime: 120, minDelay: 1, maxDelay: 1 };
const told = {};

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
}

async function all(pages, member) {
  const found = [];
  for await (const page of pages) found.push(...page[member]);
  return found;
}

await s3.send(new CreateBucketCommand({ Bucket: requests.bucket }));
for (const name of ["train/train.csv", "train/empty", "other"]) {
  const Body = name.endsWith("csv") ? requests.rows : "";
  await s3.send(new PutObjectCommand({ Bucket: requests.bucket, Key: name, Body, Metadata: { of: "rows" } }));
}
const listing = { Bucket: requests.bucket, Prefix: "train/" };
told.keys = (await all(paginateListObjectsV2({ client: s3, pageSize: 1 }, listing), "Contents")).map((one) => one.Key);
const object = await s3.send(new GetObjectCommand({ Bucket: requests.bucket, Key: "train/train.csv" }));
told.object = [(await object.Body.transformToString()) === requests.rows, object.Metadata.of];

const training = requests.training;
const name = { TrainingJobName: training.TrainingJobName };
told.created = (await sagemaker.send(new sm.CreateTrainingJobCommand(training))).TrainingJobArn;
const twice = await refused(() => sagemaker.send(new sm.CreateTrainingJobCommand(training)));
told.twice = [twice instanceof sm.ResourceInUse, twice.name, twice.$metadata.httpStatusCode];
const unknown = await refused(() => sagemaker.send(new sm.DescribeTrainingJobCommand({ TrainingJobName: "absent" })));
told.unknown = [unknown.name, unknown.message];
await sm.waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...often }, name);
const job = await sagemaker.send(new sm.DescribeTrainingJobCommand(name));
told.job = [job.TrainingJobStatus, job.CreationTime instanceof Date, job.FinalMetricDataList.map((one) => one.MetricName)];
const found = await all(sm.paginateListTrainingJobs({ client: sagemaker, pageSize: 1 }, { NameContains: name.TrainingJobName }), "TrainingJobSummaries");
told.listed = found.map((one) => one.TrainingJobName);
await sagemaker.send(new sm.AddTagsCommand({ ResourceArn: told.created, Tags: [{ Key: "team", Value: "bank" }] }));
told.tags = (await sagemaker.send(new sm.ListTagsCommand({ ResourceArn: told.created }))).Tags;
const filter = { Name: "Tags.team", Operator: "Equals", Value: "bank" };
const search = { Resource: "TrainingJob", SearchExpression: { Filters: [filter] } };
told.searched = (await sagemaker.send(new sm.SearchCommand(search))).Results.map((one) => one.TrainingJob.TrainingJobName);
const group = { logGroupName: "/aws/sagemaker/TrainingJobs" };
const streams = await logs.send(new DescribeLogStreamsCommand({ ...group, logStreamNamePrefix: `${name.TrainingJobName}/` }));
const events = await logs.send(new GetLogEventsCommand({ ...group, logStreamName: streams.logStreams[0].logStreamName, startFromHead: true }));
told.logged = events.events.some((one) => one.message.includes("#011train-logloss:"));

const archive = job.ModelArtifacts.S3ModelArtifacts;
const container = { ...requests.model.PrimaryContainer, ModelDataUrl: archive };
await sagemaker.send(new sm.CreateModelCommand({ ...requests.model, PrimaryContainer: container }));
await sagemaker.send(new sm.CreateEndpointConfigCommand(requests.config));
await sagemaker.send(new sm.CreateEndpointCommand(requests.endpoint));
const endpoint = { EndpointName: requests.endpoint.EndpointName };
await sm.waitUntilEndpointInService({ client: sagemaker, ...often }, endpoint);
const asked = { ...endpoint, ContentType: "text/csv", Body: new TextEncoder().encode(requests.row) };
const answer = await runtime.send(new InvokeEndpointCommand(asked));
told.answer = [answer.ContentType, answer.InvokedProductionVariant, answer.Body.transformToString()];
const bad = await refused(() => runtime.send(new InvokeEndpointCommand({ ...asked, ContentType: "image/png" })));
told.bad = [bad instanceof ModelError, bad.OriginalStatusCode, bad.$metadata.httpStatusCode];

await sagemaker.send(new sm.DeleteEndpointCommand(endpoint));
await sm.waitUntilEndpointDeleted({ client: sagemaker, ...often }, endpoint);
await sagemaker.send(new sm.DeleteEndpointConfigCommand({ EndpointConfigName: requests.config.EndpointConfigName }));
await sagemaker.send(new sm.DeleteModelCommand({ ModelName: requests.model.ModelName }));
process.stdout.write(JSON.stringify(told));
