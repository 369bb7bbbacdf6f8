// node-bacnet asks a device on this machine and prints what it hears as JSON, a list in the order of the requests:
// node_bacnet.js PORT [REQUEST...], each request a list: ["read", TYPE, INSTANCE, PROPERTY, INDEX?], ["all", TYPE,
// INSTANCE], ["write", TYPE, INSTANCE, PROPERTY, TAG, VALUE], ["range", TYPE, INSTANCE, POSITION, COUNT], ["who-is"],
// ["subscribe", TYPE, INSTANCE], ["wait", MILLISECONDS], ["reports", TYPE, [INSTANCE...], [INSTANCE...], MILLISECONDS]:
// confirmed reports of the first and the second, of which it acknowledges the first.
"use strict";

const Bacnet = require("node-bacnet");

const [port, ...requests] = process.argv.slice(2);
const device = `127.0.0.1:${port}`;
const client = new Bacnet({apduTimeout: 5000, port: 0, interface: "127.0.0.1"});

/// The answer of a call, or {"error": TEXT}.
function answered(call) {
    return new Promise(resolve => call((error, value) => resolve(error ? {error: error.message} : value ?? {})));
}

function heard(event, call) {
    return new Promise(resolve => {
        client.once(event, message => resolve(message.payload ?? message));
        call();
    });
}

function ask([what, type, instance, ...rest]) {
    const id = {type, instance};
    switch (what) {
    case "read":
        return answered(done => client.readProperty(device, id, rest[0], {arrayIndex: rest[1] ?? 0xFFFFFFFF}, done));
    case "all":
        return answered(
            done => client.readPropertyMultiple(device, [{objectId: id, properties: [{id: 8}]}], done));
    case "write":
        return answered(
            done => client.writeProperty(device, id, rest[0], [{type: rest[1], value: rest[2]}], {}, done));
    case "range":
        return answered(done => client.readRange(device, id, rest[0], rest[1], done));
    case "who-is":
        return heard("iAm", () => client.whoIs({address: device}));
    case "subscribe":
        return answered(done => client.subscribeCov(device, id, 7, false, false, 60, {}, done));
    case "reports":
        return reports(type, instance, ...rest);
    default:
        return new Promise(resolve => setTimeout(() => resolve({}), type));
    }
}

/// [INSTANCE, INVOKE-ID] of each confirmed COV notification that comes within the time.
async function reports(type, answeredTo, left, milliseconds) {
    const all = [];
    client.on("covNotify", message => {
        const {instance} = message.payload.monitoredObjectId;
        all.push([instance, message.invokeId]);
        if (answeredTo.includes(instance)) {
            client.simpleAckResponse(message.header.sender, message.service, message.invokeId);
        }
    });
    for (const instance of [...answeredTo, ...left]) {
        await answered(done => client.subscribeCov(device, {type, instance}, 7, false, true, 60, {}, done));
    }
    return new Promise(resolve => setTimeout(() => resolve(all), milliseconds));
}

async function main() {
    const answers = [];
    for (const request of requests) { answers.push(await ask(JSON.parse(request))); }
    console.log(JSON.stringify(answers));
    client.close();
}

main();
