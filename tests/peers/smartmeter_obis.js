// smartmeter-obis reads a readout from a file, or a meter on a serial line in mode C; what it finds goes to standard output
// as JSON: [{"id": "1-0:1.8.0*255", "values": [{"value": 1.5, "unit": "kWh"}]}]. smartmeter_obis.js file|serial PATH
"use strict";

const SmartmeterObis = require("smartmeter-obis");

const [kind, path] = process.argv.slice(2);
const transports = {
    file: {transport: "LocalFileTransport", transportLocalFilePath: path},
    serial: {
        transport: "SerialRequestResponseTransport",
        transportSerialPort: path,
        transportSerialBaudrate: 300,
        transportSerialDataBits: 8, // a pseudo-terminal has no parity
        transportSerialParity: "none",
        transportSerialStopBits: 1,
    },
};

const seen = [];
const reader = SmartmeterObis.init({protocol: "D0Protocol", requestInterval: -1, debug: 0, logger: console.error,
    ...transports[kind]}, (error, result) => {
    if (error) {
        console.error(error.message);
        return;
    }
    for (const id of Object.keys(result)) { seen.push({id: result[id].idToString(), values: result[id].getValues()}); }
    process.stdout.write(JSON.stringify(seen), () => process.exit(0));
});
reader.process();
