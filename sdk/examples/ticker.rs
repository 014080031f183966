// A source in Rust, against the C ABI by hand (abi/types.h, host.h, module.h, source.h): three records, then the end.
//
//   rustc --edition 2021 -O -C panic=abort --crate-type cdylib ticker.rs -o ticker.so
//   aorta-manifest ticker.so ticker.manifest.json
#![allow(non_upper_case_globals)]
use std::ffi::c_void;
use std::ptr::null;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    data: *const u8,
    size: u64,
}
const ABSENT: Str = Str { data: null(), size: 0 };
fn text(s: &str) -> Str {
    Str { data: s.as_ptr(), size: s.len() as u64 }
}
impl Str {
    fn is(self, s: &str) -> bool {
        !self.data.is_null() && unsafe { std::slice::from_raw_parts(self.data, self.size as usize) } == s.as_bytes()
    }
}

#[repr(C)]
pub struct Host {
    size: u32,
    abi_minor: u32,
    context: *mut c_void,
    get: extern "C" fn(*const Host, Str) -> *const c_void,
    fail: extern "C" fn(*const Host, i32, Str, Str),
}
#[repr(C)]
struct Record {
    size: u32,
    operation: u32,
    body: Str,
    content_type: Str,
    token: Str,
    position: Str,
    properties: Str,
    system_properties: Str,
    enqueued_ticks: i64,
}
#[repr(C)]
struct Records {
    size: u32,
    reserved: u32,
    add: extern "C" fn(*mut c_void, *const Record),
    reject: extern "C" fn(*mut c_void, *const Record, Str, Str),
}
#[repr(C)]
struct Source {
    size: u32,
    reserved: u32,
    poll: extern "C" fn(*mut c_void, *mut c_void, u64, u64, u32) -> i32,
    settle: extern "C" fn(*mut c_void, Str, i32),
}
#[repr(C)]
pub struct Plugin {
    size: u32,
    reserved: u32,
    instance: *mut c_void,
    destroy: extern "C" fn(*mut Plugin),
    get: extern "C" fn(*mut Plugin, Str) -> *const c_void,
    start: extern "C" fn(*mut Plugin) -> i32,
    stop: extern "C" fn(*mut Plugin) -> i32,
}
#[repr(C)]
pub struct Module {
    size: u32,
    abi_major: u16,
    abi_minor: u16,
    abi_min_minor: u16,
    reserved16: u16,
    reserved32: u32,
    manifest: extern "C" fn() -> Str,
    create: extern "C" fn(*const Host, Str, Str) -> *mut Plugin,
}
unsafe impl Sync for Module {}

const OK: i32 = 0;
const END: i32 = 1;
const REJECT: i32 = 3;
const FATAL: i32 = 4;
const LAST: u32 = 3;

struct Ticker {
    plugin: Plugin,
    records: *const Records,
    given: u32,
}

extern "C" fn poll(this: *mut c_void, batch: *mut c_void, most: u64, _bytes: u64, _wait: u32) -> i32 {
    let ticker = unsafe { &mut *(this as *mut Ticker) };
    if ticker.given < LAST && most > 0 {
        ticker.given += 1;
        let name = ticker.given.to_string();
        let body = format!("{{\"deviceId\":\"ticker\",\"at\":\"2026-11-22T06:00:0{name}Z\",\"hr\":7{name}}}");
        let record = Record {
            size: std::mem::size_of::<Record>() as u32,
            operation: 0,
            body: text(&body),
            content_type: ABSENT,
            token: text(&name),
            position: text(&name),
            properties: ABSENT,
            system_properties: ABSENT,
            enqueued_ticks: 0,
        };
        unsafe { ((*ticker.records).add)(batch, &record) };
    }
    if ticker.given < LAST { OK } else { END }
}
extern "C" fn settle(_: *mut c_void, _: Str, _: i32) {}
static SOURCE: Source = Source { size: std::mem::size_of::<Source>() as u32, reserved: 0, poll, settle };

extern "C" fn destroy(plugin: *mut Plugin) {
    unsafe { drop(Box::from_raw((*plugin).instance as *mut Ticker)) };
}
extern "C" fn get(_: *mut Plugin, ability: Str) -> *const c_void {
    if ability.is("source/1") { &SOURCE as *const Source as *const c_void } else { null() }
}
extern "C" fn nothing(_: *mut Plugin) -> i32 {
    OK
}

extern "C" fn create(host: *const Host, id: Str, _config: Str) -> *mut Plugin {
    let told = unsafe { &*host };
    if !id.is("acme.ticker") {
        (told.fail)(host, REJECT, text("unknown-plugin"), text("this library has only acme.ticker"));
        return std::ptr::null_mut();
    }
    let records = (told.get)(host, text("records/1")) as *const Records;
    if records.is_null() {
        (told.fail)(host, FATAL, text("host-too-old"), text("this host gives no records/1; use a newer release of it"));
        return std::ptr::null_mut();
    }
    let size = std::mem::size_of::<Plugin>() as u32;
    let plugin = Plugin { size, reserved: 0, instance: std::ptr::null_mut(), destroy, get, start: nothing, stop: nothing };
    let ticker = Box::into_raw(Box::new(Ticker { plugin, records, given: 0 }));
    unsafe {
        (*ticker).plugin.instance = ticker as *mut c_void;
        &mut (*ticker).plugin
    }
}

static MANIFEST: &str = concat!(
    r#"{"manifest":1,"name":"ticker","version":"1.0.0","abi":{"major":1,"minor":0},"built_with":"rustc","#,
    r#""plugins":[{"id":"acme.ticker","kind":"source","summary":"Three records","#,
    r#""config":{"type":"object","properties":{},"required":[],"additionalProperties":false}}]}"#,
    "\n"
);
extern "C" fn manifest() -> Str {
    text(MANIFEST)
}

#[no_mangle]
pub static aorta_module_v1: Module = Module {
    size: std::mem::size_of::<Module>() as u32,
    abi_major: 1,
    abi_minor: 0,
    abi_min_minor: 0,
    reserved16: 0,
    reserved32: 0,
    manifest,
    create,
};
