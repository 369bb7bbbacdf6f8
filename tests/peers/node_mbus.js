// A master made of node-mbus (libmbus inside): node_mbus.js tcp HOST PORT|pty PATH BAUD, then any of `get ADDRESS`, `scan`
// and `move FROM TO`. Prints a line of JSON for each.
'use strict';

const MbusMaster = require('node-mbus');

const [kind, first, second, ...words] = process.argv.slice(2);
const options = kind === 'tcp' ? {host: first, port: Number(second), timeout: 500}
    : {serialPort: first, serialBaudRate: Number(second)};
const master = new MbusMaster(options);

const operations = {
    get: () => {
        const word = words.shift();
        return master.getDataAsync(word.length > 3 ? word : Number(word));
    },
    scan: () => master.scanSecondaryAsync(),
    move: () => master.setPrimaryIdAsync(Number(words.shift()), Number(words.shift())),
};

async function main() {
    await master.connectAsync();
    while (words.length > 0) {
        const result = await operations[words.shift()]();
        console.log(JSON.stringify(result === undefined ? null : result));
    }
    await master.closeAsync();
}

main().catch((error) => {
    console.error(String(error));
    process.exit(1);
});
