#include <boost/json.hpp>
#include <ostream>
#include <utility>

#include "core/base/units.hpp"
#include "core/cli/command.hpp"
#include "core/cli/plot.hpp"
#include "core/cli/table.hpp"
#include "core/cli/verbs.hpp"
#include "core/fhir/fhir_time.hpp"
#include "core/fhir/store_query.hpp"

namespace aorta::cli {
namespace {

namespace json = boost::json;
using fhir::ObservationQuery;
using fhir::ObservationRow;
using fhir::StoreReader;

std::string period_text(const ObservationRow& row) {
  return row.end.ticks - row.start.ticks < DateTime::kTicksPerSecond
             ? second_text(row.start)
             : second_text(row.start) + "/" + second_text(row.end);
}

// The samples of an hour do not fit into a table: cut between two of them where there are two.
std::string short_value(const std::string& value) {
  constexpr std::size_t kWidest = 32;
  if (value.size() <= kWidest) return value;
  std::size_t blank = value.rfind(' ', kWidest);
  return blank == std::string::npos ? shortened(value, kWidest) : value.substr(0, blank) + " …";
}

json::object json_of(const ObservationRow& row) {
  return {
      {"start", iso_text(row.start)},
      {"end", iso_text(row.end)},
      {"patient", row.patient},
      {"device", row.device},
      {"code", row.code},
      {"name", row.name},
      {"value", row.value},
      {"unit", row.unit},
      {"status", row.status},
      {"id", row.id}};
}

void show_table(Context& context, const std::vector<ObservationRow>& rows) {
  if (rows.empty()) return void(context.out << "No Observations.\n");
  Table table({"TIME", "PATIENT", "DEVICE", "CODE", "NAME", "VALUE", "UNIT"});
  table.align_right(5);
  constexpr std::size_t kWidest = 40;
  for (const ObservationRow& row : rows) {
    std::vector<std::string> cells{period_text(row)};
    for (const std::string* text : {&row.patient, &row.device, &row.code, &row.name})
      cells.push_back(shortened(*text, kWidest));
    cells.push_back(short_value(row.value));
    cells.push_back(shortened(row.unit, kWidest));
    table.add(std::move(cells));
  }
  context.out << table.text();
}

void show_json(Context& context, const std::vector<ObservationRow>& rows) {
  json::array all;
  for (const ObservationRow& row : rows) all.push_back(json_of(row));
  context.out << json::serialize(json::object{{"observations", std::move(all)}}) << "\n";
}

// What a spreadsheet would calculate; a number below zero, or samples that begin with one, it may.
bool is_formula(const std::string& text) {
  if (text.empty()) return false;
  if (text.front() == '-') return text.find_first_not_of("-0123456789. EUL") != std::string::npos;
  return std::string_view("=+@\t\r").find(text.front()) != std::string_view::npos;
}

// RFC 4180; a spreadsheet must not take what a device sent for a formula.
std::string csv_cell(const std::string& text) {
  bool formula = is_formula(text);
  std::string cell = formula ? "'" + text : text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

void show_csv(Context& context, const std::vector<ObservationRow>& rows) {
  context.out << "start,end,patient,device,code,name,value,unit,status,id\n";
  for (const ObservationRow& row : rows) {
    const std::string cells[] = {iso_text(row.start), iso_text(row.end), row.patient, row.device, row.code, row.name,
                                 row.value,           row.unit,          row.status,  row.id};
    std::string line;
    for (const std::string& cell : cells) line += (line.empty() ? "" : ",") + csv_cell(cell);
    context.out << line << "\n";
  }
}

struct Asked {
  std::string file, patient, device, code, last, from, until;
  std::uint64_t limit = 100;
  bool plot = false;
};

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

Result<std::optional<DateTime>> time_of(const char* option, const std::string& text) {
  if (text.empty()) return std::optional<DateTime>();
  std::optional<DateTime> time = fhir::parse_fhir_time(text);
  if (time) return time;
  return Error("usage", "\"" + text + "\" is no time; write 2026-11-22 or 2026-11-22T06:00:00Z").in(option);
}

// "8867-4", or as a search in FHIR has it "http://loinc.org|8867-4".
void ask_for_code(ObservationQuery& query, const std::string& token) {
  std::size_t bar = token.find('|');
  if (bar != std::string::npos) query.system = token.substr(0, bar);
  query.code = given(bar == std::string::npos ? token : token.substr(bar + 1));
}

Result<ObservationQuery> query_of(const Asked& asked) {
  ObservationQuery query;
  query.patient = given(asked.patient);
  query.device = given(asked.device);
  ask_for_code(query, asked.code);
  query.limit = asked.limit;
  AORTA_TRY(from, time_of("--from", asked.from));
  AORTA_TRY(until, time_of("--until", asked.until));
  query.from = from;
  query.until = until;
  if (asked.last.empty()) return query;
  if (from) return Error("usage", "--last and --from both say where to begin; leave one out");
  Result<std::chrono::milliseconds> span = parse_duration(asked.last);
  if (span.has_error()) return span.error().in("--last");
  query.from = time_before_now(*span);
  return query;
}

void show_plots(Context& context, const std::vector<ObservationRow>& rows) {
  std::vector<Series> all = series_of(rows);
  if (all.empty()) context.out << (rows.empty() ? "No Observations.\n" : "No numbers to plot.\n");
  for (const Series& series : all) context.out << plot_text(series, context.out_terminal.width) << "\n";
}

int show(Context& context, const std::vector<ObservationRow>& rows) {
  if (context.format == Format::Json) show_json(context, rows);
  if (context.format == Format::Csv) show_csv(context, rows);
  if (context.format == Format::Text) show_table(context, rows);
  return kOk;
}

}  // namespace

int run_store_query(Context& context, Arguments arguments) {
  Asked asked;
  Command command(
      context, "store query",
      "Shows the Observations of an embedded store, oldest first; also while a pipeline writes it."
  );
  command.positional("FILE.db", asked.file, "the store").with_csv();
  command.option("--patient", asked.patient, "of this patient: an identifier or a FHIR id");
  command.option("--device", asked.device, "of this device: an identifier or a FHIR id");
  command.option("--code", asked.code, "with this code, such as 8867-4, or http://loinc.org|8867-4");
  command.option("--last", asked.last, "of the last 24h, 30d, …")
      .option("--from", asked.from, "from this day or time on: 2026-11-22, 2026-11-22T06:00:00Z; UTC")
      .option("--until", asked.until, "until before this day or time")
      .option("--limit", asked.limit, "at most the newest so many; 0: all");
  command.example("aorta store query var/ward.db --patient mrn-0007 --code 8867-4", "a patient's heart rate");
  command.flag("--plot", asked.plot, "draw numbers over time, a picture for each patient, device and code");
  command.example("aorta store query var/ward.db --patient mrn-0007 --plot --limit 0", "how it went");
  command.example("aorta store query var/ward.db --last 24h --format csv", "a day, for a spreadsheet");
  command.example("aorta store query var/ward.db --from 2026-11-22 --until 2026-11-23", "a day of the calendar");
  command.exits("0 ok (also if nothing was found), 2 usage, 4 the store cannot be read");
  if (auto code = command.parse(arguments)) return *code;
  if (asked.plot && context.format != Format::Text)
    return fail(context, Error("usage", "--plot draws for people: leave --format out"), kUsage);
  Result<ObservationQuery> query = query_of(asked);
  if (query.has_error()) return fail(context, query.error(), kUsage);
  Result<StoreReader> store = StoreReader::open(asked.file);
  if (store.has_error()) return fail(context, store.error());
  auto rows = store->observations(*query);
  if (rows.has_error()) return fail(context, rows.error());
  if (!asked.plot) return show(context, *rows);
  show_plots(context, *rows);
  return kOk;
}

int run_store_export(Context& context, Arguments arguments) {
  std::string file;
  bool bundle = false;
  Command command(
      context, "store export",
      "Writes the current resources of an embedded store to standard output, one JSON object a line (NDJSON)."
  );
  command.positional("FILE.db", file, "the store");
  command.flag("--bundle", bundle, "as one FHIR Bundle of type collection");
  command.example("aorta store export var/ward.db > ward.ndjson", "all resources, for another program");
  command.example("aorta store export var/ward.db --bundle > ward.json", "the same as one Bundle");
  command.exits("0 ok, 2 usage, 4 the store cannot be read, or standard output cannot be written");
  if (auto code = command.parse(arguments)) return *code;
  Result<StoreReader> store = StoreReader::open(file);
  if (store.has_error()) return fail(context, store.error());
  std::string_view before, behind = "\n";
  if (bundle) {
    context.out << R"({"resourceType":"Bundle","type":"collection","entry":[)"
                << "\n";
    before = R"({"resource":)";
    behind = "}";
  }
  bool first = true;
  Result<void> done = store->export_all([&](std::string_view resource) -> Result<void> {
    if (bundle && !std::exchange(first, false)) context.out << ",\n";
    context.out << before << resource << behind;
    return context.out.good() ? Result<void>() : Result<void>(Error("output", "standard output cannot be written"));
  });
  if (bundle && done.has_value()) context.out << "\n]}\n";
  if (!context.out.good()) return kEnvironment;  // main tells
  return done.has_error() ? fail(context, done.error()) : kOk;
}

}  // namespace aorta::cli
