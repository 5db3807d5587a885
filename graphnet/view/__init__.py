"""Pictures and pages: a scene (plain dict) is drawn as an interactive cluster page or as part of the report page."""
