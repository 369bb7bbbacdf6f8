// node-bacnet reads all objects of a Leviton S4100, as many properties a request as its 480 octets hold, and prints how
// many values came: node_bacnet_read.js PORT.
"use strict";

const Bacnet = require("node-bacnet");

const PRESENT_VALUE = 85, EACH = 28;
const client = new Bacnet({apduTimeout: 5000, port: 0, interface: "127.0.0.1"});
const numbers = (from, to) => Array.from({length: to - from + 1}, (_, place) => from + place);
const objects = [...numbers(1, 83).map(instance => ({type: 0, instance})),
                 ...numbers(2, 11).map(instance => ({type: 2, instance})),
                 ...numbers(1, 15).map(instance => ({type: 3, instance}))];
const device = [77, 121, 120, 70, 44, 12, 58, 28, 56, 57, 112, 98, 139, 62, 107, 11, 73, 64, 63];
const log = [133, 142, 143, 132, 134, 144, 126, 141, 145];

const requests = [[{objectId: {type: 8, instance: 4194303}, properties: device.map(id => ({id}))}]];
for (let at = 0; at < objects.length; at += EACH) {
    requests.push(objects.slice(at, at + EACH).map(objectId => ({objectId, properties: [{id: PRESENT_VALUE}]})));
}
requests.push(numbers(1, 3).map(instance => ({objectId: {type: 20, instance}, properties: log.map(id => ({id}))})));

function ask(request) {
    return new Promise((resolve, reject) => client.readPropertyMultiple(
        `127.0.0.1:${process.argv[2]}`, request, (error, answer) => error ? reject(error) : resolve(answer)));
}

async function main() {
    let count = 0;
    for (const request of requests) {
        const answer = await ask(request);
        count += answer.values.reduce((sum, one) => sum + one.values.length, 0);
    }
    console.log(count);
    client.close();
}

main();
