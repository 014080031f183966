/* The Aorta plugin ABI: pure C11. A plugin library exports one symbol, `const aorta_module aorta_module_v1`.
 * C++ authors include <aorta/plugin.hpp> instead. */
#ifndef AORTA_ABI_H
#define AORTA_ABI_H

#include "abi/clock.h"
#include "abi/document.h"
#include "abi/expression.h"
#include "abi/fhir.h"
#include "abi/host.h"
#include "abi/http.h"
#include "abi/http_client.h"
#include "abi/metrics.h"
#include "abi/module.h"
#include "abi/secret.h"
#include "abi/sink.h"
#include "abi/source.h"
#include "abi/state.h"
#include "abi/template.h"
#include "abi/trace.h"
#include "abi/types.h"

#endif
