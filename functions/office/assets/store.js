// What the scan page keeps on its device, sealed: under a key that no script can read out, in this browser
// alone.

const NAME = "antrian-pindai";

const done = (request) => new Promise((resume, fail) => {
  request.onsuccess = () => resume(request.result);
  request.onerror = () => fail(request.error);
});

function connected() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => ["keys", "sealed"].forEach((name) => request.result.createObjectStore(name));
  return done(request);
}

// Two pages of a browser that begin at once take the key that was there first.
async function keyOf(database) {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const keys = database.transaction("keys", "readwrite").objectStore("keys");
  const known = await done(keys.get("key"));
  if (!known) await done(keys.put(made, "key"));
  return known ?? made;
}

export async function open() {
  const database = await connected();
  const key = await keyOf(database);
  const sealed = (mode) => database.transaction("sealed", mode).objectStore("sealed");
  const unsealed = async ({ iv, data }) => {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
    return JSON.parse(new TextDecoder().decode(plain));
  };
  const range = (prefix) => IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  return {
    async put(name, value) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify(value));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
      await done(sealed("readwrite").put({ iv, data }, name));
    },
    async get(name) {
      const found = await done(sealed("readonly").get(name));
      return found && unsealed(found);
    },
    /** Everything whose name begins so, by name. */
    async all(prefix) {
      return Promise.all((await done(sealed("readonly").getAll(range(prefix)))).map(unsealed));
    },
    count: (prefix) => done(sealed("readonly").count(range(prefix))),
    remove: (name) => done(sealed("readwrite").delete(name)),
    removeAll: (prefix) => done(sealed("readwrite").delete(range(prefix))),
  };
}
