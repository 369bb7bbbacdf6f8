// node-bacnet as a device on this machine: node_bacnet_server.js PORT [single]. It says that it listens, and serves until
// it is ended: device 4711 with sixty analog inputs, an analog value that takes 0 to 100, a binary and a text value. With
// `single` it does not know ReadPropertyMultiple.
"use strict";

const Bacnet = require("node-bacnet");

const [port, manner] = process.argv.slice(2);
const ANALOG_INPUT = 0, ANALOG_VALUE = 2, BINARY_VALUE = 5, DEVICE = 8, TEXT_VALUE = 40;
const NAME = 77, TYPE = 79, PRESENT = 85, UNITS = 117, IDENTIFIER = 75, LIST = 76, LOCATION = 58, VENDOR = 120;
const VENDOR_NAME = 121, MODEL = 70, MAX_APDU = 62, SEGMENTATION = 107, FIRMWARE = 44, RELIABILITY = 103;
const WHOLE = 0xFFFFFFFF, INSTANCE = 4711, ITSELF = 4194303;
const UNSIGNED = 2, REAL = 4, TEXT = 7, ENUMERATED = 9, OBJECT = 12;
const error = (errorClass, errorCode) => ({errorClass, errorCode});
const UNKNOWN_OBJECT = error(1, 31), UNKNOWN_PROPERTY = error(2, 32), DENIED = error(2, 40), WRONG_TYPE = error(2, 9);
const OUT_OF_RANGE = error(2, 37), NO_SUCH_INDEX = error(2, 42), NO_ARRAY = error(2, 50);

const one = (type, value) => [{type, value}];
const objects = new Map();

function add(type, instance, name, properties) {
    const id = {type, instance};
    objects.set(`${type}:${instance}`, {
        [IDENTIFIER]: one(OBJECT, id), [NAME]: one(TEXT, name), [TYPE]: one(ENUMERATED, type), ...properties,
    });
    return {type: OBJECT, value: id};
}

const list = [];
for (let i = 1; i <= 60; ++i) {
    list.push(add(ANALOG_INPUT, i, `Voltage L${i}`,
                  {[PRESENT]: one(REAL, 229 + i / 4), [UNITS]: one(ENUMERATED, 5), [RELIABILITY]: one(ENUMERATED, 0)}));
}
list.push(add(ANALOG_VALUE, 3, "Set Point", {[PRESENT]: one(REAL, 20), [UNITS]: one(ENUMERATED, 98)}));
list.push(add(BINARY_VALUE, 1, "Relay", {[PRESENT]: one(ENUMERATED, 0)}));
list.push(add(TEXT_VALUE, 1, "Note", {[PRESENT]: one(TEXT, "Zähler")}));
list.unshift(add(DEVICE, INSTANCE, "Node Meter", {
    [VENDOR]: one(UNSIGNED, 999), [VENDOR_NAME]: one(TEXT, "Nobody"), [MODEL]: one(TEXT, "N1"),
    [FIRMWARE]: one(TEXT, "1.2"), [LOCATION]: one(TEXT, "Lab"), [MAX_APDU]: one(UNSIGNED, 1476),
    [SEGMENTATION]: one(ENUMERATED, 3), [LIST]: list,
}));

/// The values, or {errorClass, errorCode}.
function valueOf(id, property) {
    const instance = id.type === DEVICE && id.instance === ITSELF ? INSTANCE : id.instance;
    const object = objects.get(`${id.type}:${instance}`);
    if (!object) { return UNKNOWN_OBJECT; }
    const values = object[property.id];
    if (!values) { return UNKNOWN_PROPERTY; }
    const index = property.index ?? WHOLE;
    if (index === WHOLE) { return values; }
    if (property.id !== LIST) { return NO_ARRAY; }
    if (index === 0) { return one(UNSIGNED, values.length); }
    return index <= values.length ? [values[index - 1]] : NO_SUCH_INDEX;
}

function written(id, property, [given]) {
    const object = objects.get(`${id.type}:${id.instance}`);
    if (!object) { return UNKNOWN_OBJECT; }
    if (!object[property.id]) { return UNKNOWN_PROPERTY; }
    const settings = [`${ANALOG_VALUE}:3/${PRESENT}`, `${BINARY_VALUE}:1/${PRESENT}`, `${TEXT_VALUE}:1/${PRESENT}`,
                      `${DEVICE}:${INSTANCE}/${LOCATION}`];
    if (!settings.includes(`${id.type}:${id.instance}/${property.id}`)) { return DENIED; }
    const held = object[property.id][0];
    if (given.type !== held.type) { return WRONG_TYPE; }
    if (given.type === REAL && !(given.value >= 0 && given.value <= 100)) { return OUT_OF_RANGE; }
    object[property.id] = one(given.type, given.value);
    return undefined;
}

const server = new Bacnet({port: Number(port), interface: "127.0.0.1", broadcastAddress: "127.0.0.1"});
const refuse = (message, {errorClass, errorCode}) =>
    server.errorResponse(message.header.sender, message.service, message.invokeId, errorClass, errorCode);

server.on("error", problem => console.error(problem.message));
server.on("listening", () => console.log(`listening on 127.0.0.1:${port}`));
server.on("whoIs", message => {
    const {lowLimit = 0, highLimit = ITSELF} = message.payload ?? {};
    if (INSTANCE >= lowLimit && INSTANCE <= highLimit) { server.iAmResponse(message.header.sender, INSTANCE, 3, 999); }
});
server.on("readProperty", message => {
    const {objectId, property} = message.payload;
    const value = valueOf(objectId, property);
    if (!Array.isArray(value)) { return refuse(message, value); }
    return server.readPropertyResponse(message.header.sender, message.invokeId, objectId, property, value);
});
if (manner !== "single") {
    server.on("readPropertyMultiple", message => {
        const results = message.payload.properties.map(({objectId, properties}) => ({
            objectId, values: properties.map(property => {
                const value = valueOf(objectId, property);
                return {property, value: Array.isArray(value) ? value : [{value: {type: "BacnetError", ...value}}]};
            }),
        }));
        server.readPropertyMultipleResponse(message.header.sender, message.invokeId, results);
    });
}
server.on("writeProperty", message => {
    const {objectId, value} = message.payload;
    const problem = written(objectId, value.property, value.value);
    if (problem) { return refuse(message, problem); }
    return server.simpleAckResponse(message.header.sender, message.service, message.invokeId);
});
